using Microsoft.Extensions.Logging;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;

namespace WgFleet.Tests.Fleets.Pruning;

/// <summary>What happens when much of a fleet goes quiet at once.</summary>
public class HeldPruneTests
{
    private static readonly TimeSpan Stale = TimeSpan.FromMinutes(31);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(10, 5, false)]
    [InlineData(10, 6, true)]
    [InlineData(11, 5, false)]
    [InlineData(11, 6, true)]
    [InlineData(9, 9, false)]
    [InlineData(10, 10, true)]
    public async Task A_prune_of_more_than_half_of_at_least_ten_clients_is_held(int clients, int quiet, bool held)
    {
        await using var test = await TestRegistry.StartAsync();
        var members = await JoinAsync(test, clients);
        await QuietAsync(test, members[quiet..]);

        (await test.Pruner.PruneAsync(Ct)).ShouldBe(held ? 0 : quiet);

        test.Alpha.Count.ShouldBe(held ? clients : clients - quiet);
        test.Events.OfType<ClientRemoved>().Count().ShouldBe(held ? 0 : quiet);
        (test.Alpha.Held?.Ids.Length).ShouldBe(held ? quiet : null);
        test.ShouldAgree();
    }

    [Theory]
    [InlineData(20, 10, 2, false)]
    [InlineData(20, 10, 3, true)]
    [InlineData(100, 1, 12, false)]
    [InlineData(1, 2, 1, false)]
    [InlineData(1, 2, 2, true)]
    public async Task The_keys_prune_limit_and_prune_limit_from_decide_when_a_prune_is_held(int limit, int from, int quiet, bool held)
    {
        await using var test = await TestRegistry.StartAsync(c => c with { PruneLimit = limit, PruneLimitFrom = from });
        var clients = await JoinAsync(test, limit == 1 ? quiet : 12);
        await QuietAsync(test, clients[quiet..]);

        (await test.Pruner.PruneAsync(Ct)).ShouldBe(held ? 0 : quiet);
    }

    [Fact]
    public async Task A_held_prune_does_not_hold_the_prune_of_another_fleet()
    {
        await using var test = await TestRegistry.StartAsync();
        await JoinAsync(test, 10);
        await test.JoinAsync("beta");
        await QuietAsync(test, []);

        (await test.Pruner.PruneAsync(Ct)).ShouldBe(1);

        (test.Alpha.Count, test.Registry.Current.Fleet("beta")!.Count).ShouldBe((10, 0));
    }

    [Fact]
    public async Task A_held_prune_is_logged_when_it_changes_and_not_every_time()
    {
        await using var test = await TestRegistry.StartAsync();
        var clients = await JoinAsync(test, 12);
        await QuietAsync(test, clients[8..]);
        for (var i = 0; i < 3; i++)
            await test.Pruner.PruneAsync(Ct);

        Told(test).ShouldBe(
        [
            "Holding the prune of fleet alpha: it would remove 8 of its 12 clients, and one prune removes at most 50%. No client is removed. If the clients are gone for good: wg-fleet prune allow alpha",
        ]);
        var first = test.Alpha.Held!;

        await QuietAsync(test, clients[9..]);
        for (var i = 0; i < 3; i++)
            await test.Pruner.PruneAsync(Ct);

        Told(test).Count.ShouldBe(2);
        Told(test)[1].ShouldStartWith("Holding the prune of fleet alpha: it would remove 9 of its 12");
        test.Alpha.Held!.Number.ShouldBeGreaterThan(first.Number);
        test.Alpha.Held.Since.ShouldBe(first.Since);
    }

    [Fact]
    public async Task While_clients_come_back_the_rest_is_waited_for_and_pruned_three_minutes_after_the_last()
    {
        await using var test = await TestRegistry.StartAsync();
        var clients = await JoinAsync(test, 12);
        await QuietAsync(test, clients[8..]);
        await test.Pruner.PruneAsync(Ct);

        // One a minute comes back: long after the share is within the limit, each still finds its place.
        for (var away = 7; away >= 2; away--)
        {
            await PassWithAllButAsync(test, TimeSpan.FromMinutes(1), clients[..away]);
            (await test.Pruner.PruneAsync(Ct)).ShouldBe(0);
        }

        test.Alpha.Held!.Ids.ShouldBe(clients[..2].Select(m => m.Id));
        Told(test)[^1].ShouldBe("The prune of fleet alpha stays held while its clients come back: 2 of its 12 clients are still stale, and are pruned when none has come back for 3 minutes");

        await PassWithAllButAsync(test, TimeSpan.FromMinutes(3) - TimeSpan.FromSeconds(1), clients[..2]);
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(0);
        await PassWithAllButAsync(test, TimeSpan.FromSeconds(1), clients[..2]);
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(2);

        test.Alpha.Held.ShouldBeNull();
        test.Alpha.ById.Keys.ShouldBe(clients[2..].Select(m => m.Id));
        Told(test)[^1].ShouldBe("The prune of fleet alpha is no longer held: it would remove 2 of its 12 clients");
        test.ShouldAgree();
    }

    [Fact]
    public async Task Clients_that_come_and_go_do_not_hold_the_prune_of_those_that_an_outage_took()
    {
        await using var test = await TestRegistry.StartAsync();
        var clients = await JoinAsync(test, 20);
        await test.PassAsync(TimeSpan.FromMinutes(1));
        Ping(test, [clients[19]]);
        await test.PassAsync(TimeSpan.FromMinutes(30) - TimeSpan.FromSeconds(10));
        Ping(test, clients[12..19]);
        await test.Pruner.PruneAsync(Ct);
        test.Alpha.Held!.Away.ShouldBe(clients[..12].Select(m => m.Id));

        // Three never come back. Another one is silent for so long that it is stale, and comes back, as clients do on every day.
        await PassWithAllButAsync(test, TimeSpan.FromMinutes(1), [.. clients[..3], clients[19]]);
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(0);
        test.Alpha.Held!.Ids.Length.ShouldBe(4);
        test.Alpha.Held.Away.ShouldBe(clients[..3].Select(m => m.Id));
        await PassWithAllButAsync(test, TimeSpan.FromMinutes(1), clients[..3]);
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(0);
        test.Alpha.Held!.Ids.Length.ShouldBe(3);
        await PassWithAllButAsync(test, TimeSpan.FromMinutes(2), clients[..3]);

        (await test.Pruner.PruneAsync(Ct)).ShouldBe(3);
        test.Alpha.Held.ShouldBeNull();
    }

    [Fact]
    public async Task A_prune_is_no_longer_held_as_soon_as_all_clients_are_back()
    {
        await using var test = await TestRegistry.StartAsync();
        var clients = await JoinAsync(test, 12);
        await QuietAsync(test, []);
        await test.Pruner.PruneAsync(Ct);

        Ping(test, clients);
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(0);

        test.Alpha.Held.ShouldBeNull();
        test.Alpha.Count.ShouldBe(12);
    }

    [Fact]
    public async Task Where_no_client_comes_back_a_share_within_the_limit_is_pruned()
    {
        await using var test = await TestRegistry.StartAsync();
        var clients = await JoinAsync(test, 12);
        await QuietAsync(test, clients[7..]);
        await test.Pruner.PruneAsync(Ct);

        // Two more machines join, so that seven are half of the fleet.
        await test.JoinAsync();
        await test.JoinAsync();
        await PassWithAllButAsync(test, TimeSpan.FromMinutes(3), clients[..7]);
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(7);
    }

    [Fact]
    public async Task An_approval_removes_the_clients_that_are_still_stale_and_covers_one_prune()
    {
        await using var test = await TestRegistry.StartAsync();
        var clients = await JoinAsync(test, 300);
        await QuietAsync(test, clients[290..]);
        await test.Pruner.PruneAsync(Ct);
        var held = test.Alpha.Held!;
        Ping(test, clients[..2]);

        (await test.Pruner.AllowAsync("alpha", held.Number, Acting.As("ops"), Ct)).ShouldBe(288);

        test.Alpha.ById.Keys.ShouldBe([.. clients[..2].Select(m => m.Id), .. clients[290..].Select(m => m.Id)]);
        test.Events.OfType<ClientRemoved>().Count(e => e.Reason == "stale").ShouldBe(288);
        test.Alpha.Held.ShouldBeNull();
        Told(test)[^1].ShouldBe("The prune of fleet alpha was allowed by ops: 288 of 290 clients removed");
        test.ShouldAgree();

        // It was for that sweep alone.
        (await Should.ThrowAsync<RefusedException>(test.Pruner.AllowAsync("alpha", held.Number, Acting.As("ops"), Ct))).Message.ShouldBe("no prune of fleet 'alpha' is held");
        await QuietAsync(test, []);
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(0);
        test.Alpha.Held!.Ids.Length.ShouldBe(12);
    }

    [Fact]
    public async Task An_approval_of_one_prune_does_not_approve_another()
    {
        await using var test = await TestRegistry.StartAsync();
        var clients = await JoinAsync(test, 12);
        await QuietAsync(test, clients[8..]);
        await test.Pruner.PruneAsync(Ct);
        var seen = test.Alpha.Held!.Number;
        await QuietAsync(test, clients[9..]);
        await test.Pruner.PruneAsync(Ct);

        (await Should.ThrowAsync<RefusedException>(test.Pruner.AllowAsync("alpha", seen, Acting.As("ops"), Ct))).Kind.ShouldBe(Refusal.Conflict);

        test.Time.Advance(TimeSpan.FromSeconds(1));
        await test.RestartAsync();
        (await Should.ThrowAsync<RefusedException>(test.Pruner.AllowAsync("alpha", seen, Acting.As("ops"), Ct))).Kind.ShouldBe(Refusal.Conflict);
        test.Alpha.Count.ShouldBe(12);
    }

    [Fact]
    public async Task An_approval_removes_no_client_while_the_interface_does_not_answer()
    {
        await using var test = await TestRegistry.StartAsync();
        await JoinAsync(test, 12);
        await QuietAsync(test, []);
        await test.Pruner.PruneAsync(Ct);
        var held = test.Alpha.Held!;
        test.WireGuard.Refuse("wg_alpha");

        (await Should.ThrowAsync<RefusedException>(test.Pruner.AllowAsync("alpha", held.Number, Acting.As("ops"), Ct))).Kind.ShouldBe(Refusal.Unavailable);

        test.Alpha.Count.ShouldBe(12);
        test.Alpha.Held.ShouldBe(held);
    }

    [Fact]
    public async Task A_prune_stays_held_while_other_clients_register_and_rename()
    {
        await using var test = await TestRegistry.StartAsync();
        await JoinAsync(test, 12);
        await QuietAsync(test, []);
        await test.Pruner.PruneAsync(Ct);
        var held = test.Alpha.Held!;

        await test.JoinAsync("alpha", "web");

        test.Alpha.Held.ShouldBeSameAs(held);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(30)]
    public async Task An_outage_is_held_although_clients_become_stale_one_after_the_other(int timeout)
    {
        await using var test = await TestRegistry.StartAsync(c => c with { PruneTimeout = TimeSpan.FromMinutes(timeout) });
        foreach (var client in await JoinAsync(test, 12))
        {
            await test.PassAsync(TimeSpan.FromSeconds(5));
            Ping(test, [client]);
        }

        await test.PassAsync(TimeSpan.FromMinutes(timeout) - TimeSpan.FromSeconds(50));
        for (var i = 0; i < 6; i++)
        {
            await test.PassAsync(TimeSpan.FromSeconds(10));
            (await test.Pruner.PruneAsync(Ct)).ShouldBe(0);
        }

        test.Alpha.Count.ShouldBe(12);
        test.Alpha.Held!.Ids.Length.ShouldBe(12);
        Told(test)[0].ShouldStartWith("Holding the prune of fleet alpha: it would remove 3 of its 12 clients now, and 9 more soon, and one prune removes at most 50%.");
    }

    [Fact]
    public async Task Machines_that_are_switched_off_over_an_evening_are_pruned_one_after_the_other()
    {
        await using var test = await TestRegistry.StartAsync();
        var clients = await JoinAsync(test, 12);
        var pruned = 0;
        for (var minute = 0; minute < 60; minute++)
        {
            Ping(test, [.. clients.Skip(minute)]);
            await test.PassAsync(TimeSpan.FromMinutes(1));
            pruned += await test.Pruner.PruneAsync(Ct);
        }

        pruned.ShouldBe(12);
    }

    private static async Task<List<RegisteredClient>> JoinAsync(TestRegistry test, int count) =>
        [.. (await Task.WhenAll(Enumerable.Range(0, count).Select(_ => test.JoinAsync()))).OrderBy(m => m.Id)];

    /// <summary>Lets all go quiet but these.</summary>
    private static async Task QuietAsync(TestRegistry test, IReadOnlyList<RegisteredClient> alive)
    {
        await test.PassAsync(Stale);
        Ping(test, alive);
    }

    /// <summary>Lets time pass in which all show signs of life but these.</summary>
    private static async Task PassWithAllButAsync(TestRegistry test, TimeSpan time, IReadOnlyList<RegisteredClient> quiet)
    {
        await test.PassAsync(time);
        Ping(test, [.. test.Alpha.ById.Values.Where(c => quiet.All(q => q.Id != c.Id))]);
    }

    private static void Ping(TestRegistry test, IReadOnlyList<RegisteredClient> clients)
    {
        foreach (var client in clients)
            client.Liveness.Pinged(test.Time.GetUtcNow());
    }

    private static List<string> Told(TestRegistry test) =>
        [.. test.Log.Lines.Where(l => l.Level >= LogLevel.Information && l.Message.Contains("he prune of fleet", StringComparison.Ordinal)).Select(l => l.Message)];
}
