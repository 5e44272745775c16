using AngleSharp.Dom;
using WgFleet.Fleets.State;
using static WgFleet.Tests.Dashboard.DashboardHost;

namespace WgFleet.Tests.Dashboard.FleetPages;

public class FleetsPageTests
{
    [Fact]
    public async Task It_has_the_known_title_and_headings()
    {
        await using var host = await StartAsync(Fleet("alpha"));

        using var response = await host.Client.GetAsync("/", TestContext.Current.CancellationToken);
        var page = await host.PageAsync("/");

        response.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        response.Content.Headers.ContentLength.ShouldNotBeNull();
        page.Title.ShouldBe("wg-fleet - Fleet Manager");
        page.QuerySelectorAll("h1").Single().TextContent.ShouldBe("wg-fleet Manager");
        page.QuerySelectorAll("h2").Single().TextContent.ShouldBe("Fleets");
    }

    [Fact]
    public async Task Each_fleet_has_one_link_in_the_order_of_the_configuration()
    {
        await using var host = await StartAsync(Fleet("zulu"), Fleet("alpha"), Fleet("North_2-b"));

        var page = await host.PageAsync("/");

        page.QuerySelectorAll("a[href^='/fleet/']").Select(a => a.GetAttribute("href"))
            .ShouldBe(["/fleet/zulu", "/fleet/alpha", "/fleet/North_2-b"]);
    }

    [Fact]
    public async Task A_fleets_card_shows_clients_online_subnet_and_port()
    {
        var clients = Enumerable.Range(1, 1200).Select(i => RegisteredClient(i)).ToArray();
        foreach (var client in clients)
            client.Liveness.Observed(Now - TimeSpan.FromSeconds(client.Id <= 1000 ? 180 : 181), 0, 0, Now);

        await using var host = await StartAsync(Fleet("alpha", clients));

        var card = (await host.PageAsync("/")).QuerySelector(".fleet")!;

        Facts(card).ShouldBe(["Online: 1,000", "Clients: 1,200", "Received: 0 B/s", "Sent: 0 B/s", "Subnet: fd00:1::/64", "Port: 51820"]);
    }

    [Theory]
    [InlineData(FleetCondition.Up, "")]
    [InlineData(FleetCondition.Degraded, "Degraded since 2026-03-04 12:00:00 UTC: port <b> is taken")]
    [InlineData(FleetCondition.Down, "Down since 2026-03-04 12:00:00 UTC: port <b> is taken")]
    internal async Task A_fleet_that_is_not_up_says_since_when_and_why(FleetCondition state, string text)
    {
        await using var host = await StartAsync(Fleet("alpha"));
        host.Health.Set("alpha", state, state == FleetCondition.Up ? null : "port <b> is taken");

        (await host.PageAsync("/")).QuerySelector(".fleet .trouble")!.TextContent.ShouldBe(text);
        (await host.PageAsync("/fleet/alpha")).QuerySelector(".notice.trouble")!.TextContent.ShouldBe(text);
    }

    [Fact]
    public async Task A_part_of_the_server_that_fails_is_shown_until_it_works_again()
    {
        await using var host = await StartAsync(Fleet("alpha"));
        (await host.PageAsync("/")).QuerySelector("#troubles")!.TextContent.Trim().ShouldBe("Nothing is wrong.");

        var part = host.Supervisor.Run("retention", (_, stopping) => Task.Delay(Timeout.Infinite, stopping));
        part.Failed("the disk is full");
        var row = (await host.PageAsync("/")).QuerySelectorAll("#troubles li").ShouldHaveSingleItem();
        row.GetAttribute("data-severity").ShouldBe("broken");
        row.QuerySelector(".what")!.TextContent.ShouldBe("Does not work: Retention is failing: the disk is full");
        row.QuerySelector(".next")!.TextContent.ShouldStartWith("Since 2026-03-04 12:00:00 (0s ago). This part of the server is tried again by itself");

        part.Works();
        (await host.PageAsync("/")).QuerySelectorAll("#troubles li").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_fleet_without_clients_is_shown_too()
    {
        await using var host = await StartAsync(Fleet("alpha"));

        Facts((await host.PageAsync("/")).QuerySelector(".fleet")!).ShouldContain("Clients: 0");
    }

    private static IEnumerable<string> Facts(IElement card) =>
        card.QuerySelectorAll("dl > div").Select(d => $"{d.QuerySelector("dt")!.TextContent}: {d.QuerySelector("dd")!.TextContent}");
}
