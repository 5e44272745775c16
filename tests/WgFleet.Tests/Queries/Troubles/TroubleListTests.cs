using Microsoft.Extensions.DependencyInjection;
using WgFleet.Hosting;
using WgFleet.Queries.Troubles;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Queries.Troubles;

/// <summary>What the running server says is wrong with it.</summary>
public class TroubleListTests
{
    [Fact]
    public async Task A_server_that_has_just_started_has_no_troubles()
    {
        await using var server = await StartAsync();
        await server.HandshakeAsync(await server.JoinAsync());

        Troubles(server).ShouldBeEmpty();
        (await server.SendAsync(HttpMethod.Get, "/api/v1/troubles")).Body.ShouldBe("""{"troubles":[]}""");
    }

    [Fact]
    public async Task A_frozen_fleet_is_told_with_the_command_that_thaws_it()
    {
        await using var server = await StartAsync();
        await server.Registry.FreezeAsync("alpha", Acting.As("ops"));

        var trouble = Troubles(server).ShouldHaveSingleItem();

        (trouble.Kind, trouble.Severity, trouble.Sentence).ShouldBe((TroubleKind.FleetFrozen, Severity.Attention, "fleet alpha is frozen by ops"));
        (await server.RunAsync(trouble.Command!.Split(' ')[1..])).ExitCode.ShouldBe(0);
        Troubles(server).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_part_of_the_server_that_fails_is_told_until_it_works_again()
    {
        await using var server = await StartAsync();
        await using var part = server.Services.GetRequiredService<Supervisor>().Run("example", (_, stopping) => Task.Delay(Timeout.Infinite, stopping));
        part.Failed("the disk is full");

        Troubles(server).ShouldHaveSingleItem().Sentence.ShouldBe("example is failing: the disk is full");
        part.Works();
        Troubles(server).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reload_that_was_refused_is_told_until_one_succeeds()
    {
        await using var server = await StartAsync();
        var reloads = server.Services.GetRequiredService<ReloadRequests>();
        reloads.Ask();
        await Eventually.True(() => Troubles(server).Count == 1);

        Troubles(server)[0].Sentence.ShouldBe("the last reload was refused: this server was started without a configuration file");
    }

    [Fact]
    public async Task A_reload_that_waits_is_not_told_as_one_that_was_refused()
    {
        var reloads = new ReloadRequests();
        reloads.Ask();
        await reloads.BeginAsync(Ct);
        reloads.Note(["the reload waits for the database: the disk is full"], []);
        reloads.Wait();

        var waiting = ServerTroubles.OfReload(reloads).ShouldHaveSingleItem();
        (waiting.What, waiting.Why, waiting.Command).ShouldBe(("a reload waits", "the reload waits for the database: the disk is full", null));

        reloads.End();
        ServerTroubles.OfReload(reloads).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_API_tells_everything_that_a_program_needs()
    {
        await using var server = await StartAsync();
        await server.Registry.FreezeAsync("beta", Acting.As("ops"));

        (await server.SendAsync(HttpMethod.Get, "/api/v1/troubles")).ShouldBe(Reply.Json(200,
            """{"troubles":[{"kind":"fleet_frozen","severity":"attention","text":"fleet beta is frozen by ops","since":"2026-01-02T03:04:05Z","next":"Pruning and renaming are paused until it is thawed","command":"wg-fleet fleets thaw beta","fleet":"beta"}]}""") with
            { ContentType = "application/json; charset=utf-8" });
    }

    private static IReadOnlyList<Trouble> Troubles(TestServer server) => server.Services.GetRequiredService<TroubleList>().Now();
}
