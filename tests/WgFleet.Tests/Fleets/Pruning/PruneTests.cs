using WgFleet.Fleets.State;
using WgFleet.Hooks;

namespace WgFleet.Tests.Fleets.Pruning;

public class PruneTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silent_client_is_pruned_after_the_timeout_with_one_event()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await test.JoinAsync("alpha", "web");

        await test.PassAsync(TimeSpan.FromMinutes(30));
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(0);
        await test.PassAsync(TimeSpan.FromSeconds(1));
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(1);

        var told = test.Events[^1].ShouldBeOfType<ClientRemoved>();
        (told.Reason, told.Client.Hostname, told.Client.Address).ShouldBe(("stale", "web", client.Address));
        test.Alpha.Count.ShouldBe(0);
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_handshake_a_ping_or_growing_traffic_each_keep_a_client()
    {
        await using var test = await TestRegistry.StartAsync();
        var shaking = await test.JoinAsync();
        var pinging = await test.JoinAsync();
        var sending = await test.JoinAsync();
        var shookOnce = await test.JoinAsync();
        test.WireGuard.Touch("wg_alpha", shookOnce.PublicKey, test.Time.GetUtcNow());
        test.WireGuard.Touch("wg_alpha", pinging.PublicKey, test.Time.GetUtcNow());

        for (var i = 0; i < 10; i++)
        {
            await test.PassAsync(TimeSpan.FromMinutes(5));
            test.WireGuard.Touch("wg_alpha", shaking.PublicKey, handshake: test.Time.GetUtcNow());
            pinging.Liveness.Pinged(test.Time.GetUtcNow());
            test.WireGuard.Touch("wg_alpha", sending.PublicKey, received: 148);
            await test.Pruner.PruneAsync(Ct);
        }

        test.Alpha.ById.Keys.ShouldBe([shaking.Id, pinging.Id, sending.Id]);
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_live_tunnel_is_never_pruned_however_short_the_timeout()
    {
        await using var test = await TestRegistry.StartAsync(c => c with { PruneTimeout = TimeSpan.FromMinutes(1) });
        var client = await test.JoinAsync();
        test.WireGuard.Touch("wg_alpha", client.PublicKey, handshake: test.Time.GetUtcNow());

        for (var i = 0; i < 20; i++)
        {
            await test.PassAsync(TimeSpan.FromSeconds(25));
            test.WireGuard.Touch("wg_alpha", client.PublicKey, received: 32);
            (await test.Pruner.PruneAsync(Ct)).ShouldBe(0);
        }
    }

    [Fact]
    public async Task No_client_is_pruned_during_prune_grace_after_a_start()
    {
        await using var test = await TestRegistry.StartAsync();
        var (back, gone) = (await test.JoinAsync(), await test.JoinAsync());
        await test.StopAsync();
        test.Time.Advance(TimeSpan.FromHours(5));
        test.WireGuard.Lose("wg_alpha");
        await test.StartAgainAsync();

        (await test.Pruner.PruneAsync(Ct)).ShouldBe(0);
        await test.PassAsync(test.Config.PruneGrace);
        test.WireGuard.Touch("wg_alpha", back.PublicKey, handshake: test.Time.GetUtcNow());
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(0);
        await test.PassAsync(TimeSpan.FromSeconds(1));
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(1);

        test.Alpha.ById.Keys.ShouldBe([back.Id]);
        test.Alpha.ById.ShouldNotContainKey(gone.Id);
    }

    [Fact]
    public async Task No_client_is_pruned_during_prune_grace_after_a_lost_interface()
    {
        await using var test = await TestRegistry.StartAsync(c => c with { PruneTimeout = TimeSpan.FromMinutes(1) });
        var old = await test.JoinAsync();
        await test.PassAsync(TimeSpan.FromSeconds(50));
        test.WireGuard.Lose("wg_alpha");
        await test.PassAsync(TimeSpan.FromSeconds(20));
        var fresh = await test.JoinAsync();
        test.ShouldAgree();

        // Who came after the loss lost nothing, and goes when its own time is up.
        await test.PassAsync(TimeSpan.FromSeconds(80));
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(1);
        test.Alpha.ById.Keys.ShouldBe([old.Id]);
        test.Alpha.ById.ShouldNotContainKey(fresh.Id);

        await test.PassAsync(test.Config.PruneGrace);
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(1);
    }

    [Fact]
    public async Task A_client_that_pings_before_its_turn_in_a_prune_stays()
    {
        await using var test = await TestRegistry.StartAsync();
        var (first, second) = (await test.JoinAsync(), await test.JoinAsync());
        await test.PassAsync(TimeSpan.FromMinutes(31));
        test.Hold = new FakeWireGuard.Barrier();
        var busy = test.JoinAsync("beta");
        await test.Hold.Reached;

        var removal = test.Registry.RemoveAsync("alpha", [first.Id, second.Id], test.Registry.IsStale, "stale");
        second.Liveness.Pinged(test.Time.GetUtcNow());
        test.Hold.Release();

        (await removal).ShouldBe(1);
        await busy;
        test.Alpha.ById.Keys.ShouldBe([second.Id]);
        test.ShouldAgree();
    }

    [Fact]
    public async Task Clients_that_register_while_the_interface_is_read_are_not_reported_as_lost()
    {
        await using var test = await TestRegistry.StartAsync();
        var old = await test.JoinAsync();
        await test.PassAsync(TimeSpan.FromMinutes(31));
        Task<RegisteredClient>? joining = null;
        test.WireGuard.AfterLook = async () =>
        {
            joining = test.JoinAsync();
            await Eventually.True(() => test.Alpha.Count == 2);
        };

        (await test.Pruner.PruneAsync(Ct)).ShouldBe(1);
        await joining.ShouldNotBeNull();

        test.Alpha.ById.ShouldNotContainKey(old.Id);
        test.Log.Lines.ShouldNotContain(l => l.Message.Contains("missing peers"));
        test.ShouldAgree();
    }

    [Fact]
    public async Task No_client_is_pruned_while_the_interface_does_not_answer()
    {
        await using var test = await TestRegistry.StartAsync();
        await test.JoinAsync("alpha");
        await test.JoinAsync("beta");
        test.WireGuard.Refuse("wg_alpha");
        await test.PassAsync(TimeSpan.FromHours(2));

        (await test.Pruner.PruneAsync(Ct)).ShouldBe(1);

        test.Alpha.Count.ShouldBe(1);
        test.Registry.Current.Fleet("beta")!.Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_clock_that_jumps_forward_prunes_no_client()
    {
        await using var test = await TestRegistry.StartAsync();
        var (alive, dead) = (await test.JoinAsync(), await test.JoinAsync());
        await test.PassAsync(TimeSpan.FromMinutes(1));

        test.Time.Advance(TimeSpan.FromDays(400));
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(0);
        await test.PassAsync(TimeSpan.FromMinutes(2));
        test.WireGuard.Touch("wg_alpha", alive.PublicKey, received: 148);
        await test.PassAsync(TimeSpan.FromMinutes(2));
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(1);

        test.Alpha.ById.Keys.ShouldBe([alive.Id]);
        test.Alpha.ById.ShouldNotContainKey(dead.Id);
    }

    [Fact]
    public async Task Thousands_of_clients_are_pruned_in_several_batches_between_other_commands()
    {
        await using var test = await TestRegistry.StartAsync(c => c with { PruneLimit = 100 });
        await Task.WhenAll(Enumerable.Range(0, 1050).Select(_ => test.JoinAsync()));
        await test.PassAsync(TimeSpan.FromMinutes(31));
        var before = test.Batches;

        (await test.Pruner.PruneAsync(Ct)).ShouldBe(1050);

        (test.Batches - before).ShouldBe(5);
        test.Events.OfType<ClientRemoved>().Select(e => e.Client.Address).Distinct().Count().ShouldBe(1050);
        test.ShouldAgree();
    }

    [Fact]
    public async Task Last_seen_times_survive_a_restart()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await test.JoinAsync();
        await test.PassAsync(TimeSpan.FromMinutes(29));
        var (ping, handshake) = (test.Time.GetUtcNow(), test.Time.GetUtcNow() - TimeSpan.FromSeconds(7));
        client.Liveness.Pinged(ping);
        test.WireGuard.Touch("wg_alpha", client.PublicKey, handshake);
        await test.Registry.ObserveAsync("alpha", Ct);

        await test.RestartAsync();

        var again = test.Alpha.ById.Values.ShouldHaveSingleItem();
        (again.Liveness.LastPing, again.Liveness.LastHandshake).ShouldBe((ping, handshake));
        Some.Rows(test.Config.Database, "SELECT timestamp, last_handshake FROM clients").ShouldBe(["2026-01-02 03:33:05.000000|2026-01-02 03:32:58.000000"]);
    }
}
