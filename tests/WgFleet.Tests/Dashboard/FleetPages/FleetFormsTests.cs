using System.Net;
using WgFleet.Config;
using WgFleet.Fleets.Pruning;
using WgFleet.Store;
using WgFleet.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Dashboard.FleetPages;

/// <summary>What operators decide on a fleet's page.</summary>
public class FleetFormsTests
{
    private const string Page = "/fleet/alpha";

    [Fact]
    public async Task A_fleet_is_frozen_and_thawed_on_its_page_and_thawed_where_its_trouble_is_listed()
    {
        await using var server = await StartAsync();
        using var browser = await OperatorAsync(server);

        (await OutcomeAsync(browser, Page, "/fleet/alpha/freeze")).ShouldBe("The fleet is frozen. No client is pruned and no name changes until somebody thaws it.");
        server.Registry.Current.Fleet("alpha")!.FrozenByOperator!.By.ShouldBe("ops");
        (await OutcomeAsync(browser, Page, "/fleet/alpha/thaw")).ShouldBe("The fleet is thawed. Stale clients are pruned, and names can change.");
        await server.Registry.FreezeAsync("alpha", Acting.As("kim"));
        (await OutcomeAsync(browser, "/", "/fleet/alpha/thaw")).ShouldStartWith("The fleet is thawed.");
        server.Registry.Current.Fleet("alpha")!.FrozenByOperator.ShouldBeNull();
    }

    [Fact]
    public async Task A_held_prune_is_allowed_or_its_clients_are_kept()
    {
        await using var server = await StartAsync(OnlyPrunedHere);
        using var browser = await OperatorAsync(server);
        await HoldAsync(server);

        var page = await browser.PageAsync(Page);
        page.QuerySelectorAll(".decide li a").Length.ShouldBe(21);
        var number = server.Registry.Current.Fleet("alpha")!.Held!.Number;
        (await OutcomeAsync(browser, Page, "/fleet/alpha/prune/allow", ("number", $"{number - 1}"))).ShouldStartWith("Nothing was changed: the held prune would now remove other clients");
        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(22);

        (await OutcomeAsync(browser, Page, "/fleet/alpha/prune/keep")).ShouldBe("21 clients pinned. No prune removes them until somebody unpins them.");
        server.Registry.Current.Fleet("alpha")!.Held.ShouldBeNull();
        (await server.Services.GetRequiredService<Pruner>().PruneAsync(Ct)).ShouldBe(0);
        var ids = server.Registry.Current.Fleet("alpha")!.ById.Keys.ToList();
        await server.Registry.PinManyAsync("alpha", ids, pins: false, Acting.As("ops"));
        await server.Services.GetRequiredService<Pruner>().PruneAsync(Ct);
        (await OutcomeAsync(browser, Page, "/fleet/alpha/prune/allow")).ShouldBe("21 clients removed.");
        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Whoever_may_only_read_gets_the_commands_and_no_buttons()
    {
        await using var server = await StartAsync(OnlyPrunedHere);
        using var browser = new Browser(server);
        (await browser.LogInAsync(server.Token(TokenRow.Read))).Dispose();
        await HoldAsync(server);
        await server.Registry.FreezeAsync("beta", Acting.As("kim"));

        (await browser.PageAsync(Page)).QuerySelectorAll("main form[method=post]").ShouldBeEmpty();
        (await browser.PageAsync(Page)).QuerySelector("main")!.TextContent.ShouldContain("wg-fleet prune allow alpha");
        (await browser.PageAsync("/fleet/beta")).QuerySelector("main")!.TextContent.ShouldContain("wg-fleet fleets thaw beta");
        (await browser.PageAsync("/")).QuerySelectorAll("main form[method=post]").ShouldBeEmpty();
    }

    private static async Task<Browser> OperatorAsync(TestServer server)
    {
        var browser = new Browser(server);
        (await browser.LogInAsync(server.Token())).Dispose();
        return browser;
    }

    /// <summary>No sweep but those of the test, and no grace for the leap of the clock.</summary>
    private static ServerConfig OnlyPrunedHere(ServerConfig config) => config with { PruneInterval = TimeSpan.FromDays(1), PruneGrace = TimeSpan.Zero };

    /// <summary>Lets twenty-one clients go quiet, and one not.</summary>
    private static async Task HoldAsync(TestServer server)
    {
        for (var i = 0; i < 22; i++)
            await server.JoinAsync();

        server.Time.Advance(TimeSpan.FromMinutes(31));
        await server.Registry.ObserveAsync("alpha", Ct);
        server.Time.Advance(TimeSpan.FromSeconds(1));
        await server.Registry.ObserveAsync("alpha", Ct);
        server.Registry.Current.Fleet("alpha")!.ById.Values.Last().Liveness.Pinged(server.Time.GetUtcNow());
        await server.Services.GetRequiredService<Pruner>().PruneAsync(Ct);
        server.Registry.Current.Fleet("alpha")!.Held.ShouldNotBeNull();
    }

    private static async Task<string> OutcomeAsync(Browser browser, string page, string action, params (string Name, string Value)[] fields)
    {
        using var answer = await browser.SubmitAsync(page, action, fields);
        answer.StatusCode.ShouldBe(HttpStatusCode.Found);
        return (await browser.PageAsync(answer.Headers.Location!.ToString())).QuerySelector(".said")!.TextContent.Trim();
    }
}
