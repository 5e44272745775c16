using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Fleets.Pruning;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Cli;

/// <summary>A held prune as operators meet it: commands, API, pages, metrics.</summary>
public class PruneCommandTests
{
    [Fact]
    public async Task Allow_lists_the_clients_and_removes_them_only_with_the_option_yes()
    {
        await using var server = await HeldAsync();

        (await server.RunAsync("prune", "status", "-o", "wide", "--utc")).ShouldBe(new(0, """
            FLEET  CLIENTS  PRUNE  WOULD GO  SINCE                 BY
            alpha  22       held   21        2026-01-02 03:35:06Z  -
            beta   0        on     -         -                     -

            """, ""));

        (await server.RunAsync("status")).Out.ShouldContain("attention  the prune of 21 clients of alpha is held\n           since 2026-01-02 03:35:06Z\n");

        var told = await server.RunAsync("prune", "allow", "alpha");
        (told.ExitCode, told.Out).ShouldBe((1, ""));
        told.Error.ShouldMatch(@"\AThis removes 21 clients of the 22 of fleet alpha, with their tunnels, addresses and names, unless they show a sign of life first:\n"
            + @"  web  fd00:a::[0-9a-f:]+  last seen 2026-01-02 03:04:05Z\n(  \(none\)  fd00:a::[0-9a-f:]+  last seen 2026-01-02 03:04:05Z\n){19}"
            + @"  and 1 more; 'wg-fleet prune status --json' lists all of them\nwg-fleet: no client was removed; to remove them: wg-fleet prune allow alpha --yes\n\z");
        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(22);

        var done = await server.RunAsync("prune", "allow", "alpha", "--yes");
        (done.ExitCode, done.Out).ShouldBe((0, "21 clients removed from alpha\n"));
        done.Error.ShouldStartWith("This removes 21 clients of the 22");
        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(1);
        server.Log.Lines.ShouldContain(l => l.Message == "The prune of fleet alpha was allowed by root: 21 of 21 clients removed");

        (await server.RunAsync("prune", "allow", "alpha", "--yes")).ShouldBe(new(1, "", "wg-fleet: no prune of fleet 'alpha' is held\n"));
        (await server.RunAsync("prune", "allow", "gamma")).ShouldBe(new(1, "", "wg-fleet: there is no fleet 'gamma'; there are: alpha, beta\n"));
    }

    [Fact]
    public async Task Allow_asks_an_operator_at_a_terminal()
    {
        await using var server = await HeldAsync();

        var no = await ConfirmationTests.AnswerAsync(server, "n", "prune", "allow", "alpha");
        (no.Code, server.Registry.Current.Fleet("alpha")!.Count).ShouldBe((1, 22), no.Shown);

        var yes = await ConfirmationTests.AnswerAsync(server, "y", "prune", "allow", "alpha");
        (yes.Code, server.Registry.Current.Fleet("alpha")!.Count).ShouldBe((0, 1), yes.Shown);
    }

    [Fact]
    public async Task The_API_allows_a_held_prune_only_by_its_current_number()
    {
        await using var server = await HeldAsync();
        var said = await server.RunAsync("prune", "status", "--json");
        var alpha = JsonDocument.Parse(said.Out).RootElement.GetProperty("fleets")[0];
        alpha.GetProperty("held").GetProperty("clients").GetArrayLength().ShouldBe(21);
        var number = alpha.GetProperty("held").GetProperty("number").GetInt64();

        using var local = new HttpClient(server.Operators());
        (await AllowAsync("alpha", $"?number={number - 1}")).ShouldBe((HttpStatusCode.Conflict, "the held prune would now remove other clients; look again, with wg-fleet prune status"));
        (await AllowAsync("gamma", "?number=1")).ShouldBe((HttpStatusCode.NotFound, "there is no fleet 'gamma'"));
        (await AllowAsync("alpha", "")).ShouldBe((HttpStatusCode.BadRequest, "name the held prune by its number: ?number=N"));
        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(22);
        (await AllowAsync("alpha", $"?number={number}")).ShouldBe((HttpStatusCode.OK, null));
        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(1);

        async Task<(HttpStatusCode Status, string? Detail)> AllowAsync(string fleet, string query)
        {
            using var answer = await local.PostAsync($"http://localhost/api/v1/prune/{fleet}/allow{query}", null, Ct);
            var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct)).RootElement;
            return (answer.StatusCode, body.TryGetProperty("detail", out var detail) ? detail.GetString() : null);
        }
    }

    [Fact]
    public async Task The_pages_and_the_list_of_fleets_show_a_prune_while_it_is_held()
    {
        await using var server = await HeldAsync();

        (await server.Http.GetStringAsync("/", Ct)).ShouldContain("Prune held: 21 stale");
        (await server.Http.GetStringAsync("/fleet/alpha", Ct)).ShouldContain("Pruning is held: 21 stale clients");
        (await server.Http.GetStringAsync("/fleet/beta", Ct)).ShouldNotContain("Pruning is held");
        (await server.RunAsync("fleets")).Out.ShouldMatch(@"\nalpha  up     22       \d+ +held   ");

        (await server.RunAsync("prune", "allow", "alpha", "--yes", "--json")).Out.ShouldBe("{\"count\":21}\n");

        (await server.Http.GetStringAsync("/", Ct)).ShouldNotContain("Prune held");
    }

    [Theory]
    [InlineData("prune")]
    [InlineData("prune", "allow")]
    [InlineData("prune", "allow", "alpha", "beta")]
    [InlineData("prune", "status", "alpha")]
    public async Task A_wrong_command_line_ends_with_exit_code_2(params string[] arguments) => (await CommandRun.RunAsync(arguments)).ExitCode.ShouldBe(2);

    /// <summary>Twenty-one clients that went quiet, the first of them with a name, and one that did not.</summary>
    private static async Task<TestServer> HeldAsync()
    {
        // No sweep but the one below, and no grace for the leap of the clock.
        var server = await StartAsync(c => c with { PruneInterval = TimeSpan.FromDays(1), PruneGrace = TimeSpan.Zero });
        var first = await server.JoinAsync();
        (await server.PingAsync("""{"hostname":"web"}""", first.Address.ToString())).Status.ShouldBe(200);
        for (var i = 1; i < 22; i++)
            await server.JoinAsync();

        server.Time.Advance(TimeSpan.FromMinutes(31));
        await server.Registry.ObserveAsync("alpha", Ct);
        server.Time.Advance(TimeSpan.FromSeconds(1));
        await server.Registry.ObserveAsync("alpha", Ct);
        server.Registry.Current.Fleet("alpha")!.ById.Values.Last().Liveness.Pinged(server.Time.GetUtcNow());
        await server.Services.GetRequiredService<Pruner>().PruneAsync(Ct);
        server.Registry.Current.Fleet("alpha")!.Held.ShouldNotBeNull();
        return server;
    }
}
