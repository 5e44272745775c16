using WgFleet.Fleets.Commands;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Tunnels;
using WgFleet.WireGuard;
using WgFleet.WireGuard.Drivers;

namespace WgFleet.Tests.Fleets;

public class WireGuardTroubleTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lost_interface_is_brought_up_with_all_its_clients_by_the_next_registration()
    {
        await using var test = await TestRegistry.StartAsync();
        await test.JoinAsync();
        await test.JoinAsync();
        test.WireGuard.Lose("wg_alpha");

        await test.JoinAsync();

        test.Alpha.Count.ShouldBe(3);
        test.ShouldAgree();
        test.Interfaces.Commands.Where(c => c.StartsWith("create", StringComparison.Ordinal)).ShouldBe(["create wg_alpha", "create wg_alpha", "create wg_beta"], ignoreOrder: true);
        test.Links["alpha"].SessionsLostAt.ShouldBe(test.Time.GetUtcNow());
    }

    [Fact]
    public async Task A_lost_interface_comes_back_with_the_same_key()
    {
        await using var test = await TestRegistry.StartAsync();
        var key = test.Links["alpha"].Tunnel.PublicKey!.Value;
        test.WireGuard.Lose("wg_alpha");

        (await test.Registry.ObserveAsync("alpha", Ct)).ShouldBeFalse();

        (await test.WireGuard.GetDeviceAsync("wg_alpha", Ct)).PrivateKey!.PublicKey.ShouldBe(key);
        test.Links["alpha"].Tunnel.PublicKey.ShouldBe(key);
    }

    [Theory]
    [InlineData("refuses")]
    [InlineData("breaks")]
    [InlineData("does not come up")]
    public async Task A_client_whose_peer_WireGuard_refuses_is_removed_by_an_event(string trouble)
    {
        await using var test = await TestRegistry.StartAsync();
        var old = await test.JoinAsync();
        var told = test.Events.Count;
        switch (trouble)
        {
            case "refuses":
                test.WireGuard.Refuse("wg_alpha");
                break;
            case "breaks":
                test.WireGuard.Break("wg_alpha");
                break;
            default:
                test.WireGuard.Lose("wg_alpha");
                test.Interfaces.Failing = "create wg_alpha";
                break;
        }

        (await test.JoinAsync().ShouldThrowAsync<TunnelException>()).Message.ShouldBe("the interface of fleet alpha is down");

        test.Alpha.ById.Keys.ShouldBe([old.Id]);
        Some.Rows(test.Config.Database, "SELECT id FROM clients").ShouldBe([$"{old.Id}"]);
        Some.Rows(test.Config.Database, "SELECT seq, type FROM events ORDER BY seq")
            .ShouldBe(["1|startup", "2|client.added", "3|client.added", "4|client.removed"]);
        var added = test.Events[told].ShouldBeOfType<ClientAdded>();
        test.Events[told + 1].ShouldBeOfType<ClientRemoved>().ShouldSatisfyAllConditions(e => e.Reason.ShouldBe("tunnel"), e => e.Client.ShouldBe(added.Client));
        test.Events.Count.ShouldBe(told + 2);
        test.Tombstones.ShouldBeEmpty();
        test.Health.Of("alpha").State.ShouldBe(FleetCondition.Down);

        // The others do not notice, and for some seconds nobody tries again.
        await test.JoinAsync("beta");
        var looks = test.WireGuard.Looks;
        await test.JoinAsync().ShouldThrowAsync<TunnelException>();
        test.WireGuard.Looks.ShouldBe(looks);

        test.WireGuard.Heal("wg_alpha");
        test.Interfaces.Failing = null;
        test.Time.Advance(TimeSpan.FromSeconds(5));
        await test.JoinAsync();
        test.Health.Of("alpha").State.ShouldBe(FleetCondition.Up);
        test.ShouldAgree();
        await test.RestartAsync();
        test.ShouldAgree();
    }

    [Fact]
    public async Task Only_the_registrations_of_the_broken_fleet_in_a_batch_fail()
    {
        await using var test = await TestRegistry.StartAsync();
        var named = await test.JoinAsync();
        var removed = await test.JoinAsync();
        test.Hold = new FakeWireGuard.Barrier();
        var busy = test.JoinAsync("beta");
        await test.Hold.Reached;

        var broken = test.JoinAsync();
        var good = test.JoinAsync("beta");
        var name = test.NameAsync(named, "web");
        var removal = test.RemoveAsync(removed);
        test.WireGuard.Refuse("wg_alpha");
        test.Hold.Release();

        await broken.ShouldThrowAsync<TunnelException>();
        await Task.WhenAll(busy, good);
        (await name).ShouldBe("web");
        (await removal).ShouldBe(1);
        test.Events.Count(e => e is ClientAdded).ShouldBe(5);
        test.Events.Where(e => e is ClientRemoved).Select(e => ((ClientRemoved)e).Reason).ShouldBe(["removed", "tunnel"], ignoreOrder: true);
        test.Events.Select(e => e.Sequence).ShouldBeInOrder();

        // What the database says of names and removals holds, and reaches WireGuard when it can.
        test.WireGuard.Heal("wg_alpha");
        await test.PassAsync(TimeSpan.FromSeconds(20));
        test.ShouldAgree();
    }

    [Fact]
    public async Task No_caller_waits_longer_than_a_second_for_a_WireGuard_that_does_not_answer()
    {
        await using var test = await TestRegistry.StartAsync();
        var known = await test.JoinAsync();
        test.WireGuard.Hang("wg_alpha");

        // The driver waits longer than the caller does.
        var join = test.JoinAsync();
        await test.Time.SomebodyWaitsAsync(TimeLimitedWireGuard.Limit + TimeSpan.FromMilliseconds(1));
        test.Time.Advance(TimeSpan.FromMilliseconds(1001));
        join.IsCompleted.ShouldBeFalse();

        // 1 ms for the peer that changes, 0.2 ms for the one that is there.
        test.Time.Advance(TimeSpan.FromMilliseconds(1));

        (await join.ShouldThrowAsync<TunnelException>()).Message.ShouldBe("the interface of fleet alpha is down");
        test.Health.Of("alpha").ShouldSatisfyAllConditions(h => h.State.ShouldBe(FleetCondition.Down), h => h.Reason.ShouldBe("wg_alpha has not answered for 1 s"));
        await test.JoinAsync("beta");
        await test.JoinAsync().ShouldThrowAsync<TunnelException>();
        Some.Rows(test.Config.Database, "SELECT fleet_id FROM clients ORDER BY id").ShouldBe(["alpha", "beta"]);

        // The question is still open. Once it is answered, the fleet is up.
        test.WireGuard.Heal("wg_alpha");
        test.Time.Advance(TimeLimitedWireGuard.Limit);
        await Eventually.True(() => test.Health.Of("alpha").State == FleetCondition.Up);
        await test.JoinAsync();
        test.Alpha.ById.ShouldContainKey(known.Id);
        test.ShouldAgree();
    }

    [Fact]
    public async Task One_fleet_that_does_not_answer_delays_no_registration_of_another()
    {
        await using var test = await TestRegistry.StartAsync();
        test.WireGuard.Hang("wg_alpha");
        var hung = Enumerable.Range(0, 20).Select(_ => test.JoinAsync()).ToList();

        // The clock stands still: whoever waited for alpha would wait for ever.
        for (var i = 0; i < 200; i++)
            await test.JoinAsync("beta");

        hung.ShouldAllBe(join => !join.IsCompleted);
        test.Time.Advance(TimeSpan.FromSeconds(1.1));
        foreach (var join in hung)
            await join.ShouldThrowAsync<TunnelException>();
        test.Alpha.Count.ShouldBe(0);
        test.Registry.Current.Fleet("beta")!.Count.ShouldBe(200);
    }

    [Fact]
    public async Task A_client_whose_registration_failed_leaves_no_peer_even_if_WireGuard_sets_it_late()
    {
        await using var test = await TestRegistry.StartAsync();
        test.WireGuard.Hold = new FakeWireGuard.Barrier();
        var late = test.JoinAsync();
        await test.WireGuard.Hold.Reached;
        test.Time.Advance(TimeSpan.FromSeconds(1.1));
        await late.ShouldThrowAsync<TunnelException>();

        test.WireGuard.Hold.Release();
        await Eventually.True(() => test.Health.Of("alpha").State == FleetCondition.Up);

        await test.JoinAsync();
        test.Alpha.Count.ShouldBe(1);
        test.ShouldAgree();
    }

    [Fact]
    public async Task Two_registrations_of_one_client_while_WireGuard_hangs_have_the_same_outcome()
    {
        await using var test = await TestRegistry.StartAsync();
        var key = Some.Key();
        test.WireGuard.Hold = new FakeWireGuard.Barrier();
        var first = test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true);
        await test.WireGuard.Hold.Reached;
        var second = test.Registry.RegisterAsync("alpha", key, "198.51.100.7", isClientsOwn: true);

        // A name takes no peer: once it is given, the writer has decided about the second registration too.
        await test.Registry.HoldAsync("beta", null);

        second.IsCompleted.ShouldBeFalse();
        test.WireGuard.Hold.Release();
        (await second).ShouldBe(await first);
        test.Alpha.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Observing_an_interface_that_agrees_sends_nothing()
    {
        await using var test = await TestRegistry.StartAsync();
        await test.JoinAsync();
        await test.JoinAsync();
        var sent = test.WireGuard.Changes.Count;

        (await test.Registry.ObserveAsync("alpha", Ct)).ShouldBeTrue();
        await test.RestartAsync();

        test.WireGuard.Changes.Count.ShouldBe(sent);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Only_differences_are_sent_removals_first(bool atStart)
    {
        await using var test = await TestRegistry.StartAsync();
        var (fine, lost, moved) = (await test.JoinAsync(), await test.JoinAsync(), await test.JoinAsync());
        var stranger = Some.Key();
        var meanwhile = test.WireGuard.Changes.Count;
        test.WireGuard.Meddle("wg_alpha", stranger, $"{moved.Address}/128");
        test.WireGuard.Meddle("wg_alpha", lost.PublicKey, null);

        if (atStart)
            await test.RestartAsync();
        else
            await test.Registry.ObserveAsync("alpha", Ct);

        test.ShouldAgree();
        var change = test.WireGuard.Changes.Skip(meanwhile).ShouldHaveSingleItem().Change;
        change.Peers.Select(p => (p.PublicKey, p.Remove)).ShouldBe([(stranger, true), (moved.PublicKey, false), (lost.PublicKey, false)]);
        change.Peers.ShouldNotContain(p => p.PublicKey == fine.PublicKey);
        test.Links["alpha"].SessionsLostAt.ShouldBe(test.Time.GetUtcNow());
    }

    [Fact]
    public async Task An_unknown_peer_starts_no_prune_grace()
    {
        await using var test = await TestRegistry.StartAsync();
        await test.PassAsync(TimeSpan.FromMinutes(5));
        test.WireGuard.Meddle("wg_alpha", Some.Key(), "fd00:a::77/128");

        await test.Registry.ObserveAsync("alpha", Ct);

        test.ShouldAgree();
        test.Links["alpha"].SessionsLostAt.ShouldBeLessThan(test.Time.GetUtcNow() - TimeSpan.FromMinutes(4));
    }

    [Fact]
    public async Task A_fleet_whose_interface_does_not_come_up_at_the_start_is_down_alone_and_comes_up_later_by_itself()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await test.JoinAsync("beta");
        await test.StopAsync();
        test.WireGuard.Lose("wg_beta");
        test.Interfaces.Failing = "create wg_beta";

        await test.StartAgainAsync();

        var why = "create wg_beta failed: it was told to";
        test.Health.Of("beta").ShouldBe(new FleetStatus(FleetCondition.Down, why, test.Time.GetUtcNow()));
        test.Log.Lines.Count(l => l.Message == $"Fleet beta is down and will be tried again: {why}").ShouldBe(1);
        test.Health.Of("alpha").State.ShouldBe(FleetCondition.Up);
        await test.JoinAsync("alpha");
        (await test.JoinAsync("beta").ShouldThrowAsync<TunnelException>()).Message.ShouldBe("the interface of fleet beta is down");

        // Again and again, and told once.
        await test.PassAsync(TimeSpan.FromMinutes(2));
        test.Interfaces.Commands.Count(c => c == "create wg_beta").ShouldBeGreaterThan(3);
        test.Log.Lines.Count(l => l.Message.StartsWith("Fleet beta is down", StringComparison.Ordinal)).ShouldBe(1);

        test.Interfaces.Failing = null;
        await test.PassAsync(TimeSpan.FromSeconds(40));
        test.Health.Of("beta").ShouldBe(new FleetStatus(FleetCondition.Up, null, test.Health.Of("beta").Since));
        test.Registry.Current.Fleet("beta")!.ById.ShouldContainKey(client.Id);
        await test.JoinAsync("beta");
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_fleet_that_hangs_at_the_start_does_not_delay_the_others()
    {
        await using var test = await TestRegistry.StartAsync();
        await test.StopAsync();
        test.WireGuard.Hang("wg_beta");

        var began = test.Time.GetUtcNow();
        var start = test.StartAgainAsync();
        await Eventually.True(() => start.IsCompleted, () => test.Time.Advance(TimeSpan.FromSeconds(0.1)));
        await start;
        (test.Time.GetUtcNow() - began).ShouldBeLessThan(2 * TimeLimitedWireGuard.Limit);

        test.Health.Of("beta").Reason.ShouldBe("wg_beta did not answer within 5 s");
        await test.JoinAsync("alpha");
    }

    [Fact]
    public async Task A_damaged_conf_of_a_working_interface_degrades_the_fleet_and_affects_no_client()
    {
        await using var test = await TestRegistry.StartAsync();
        await test.JoinAsync();
        await test.StopAsync();
        var conf = Path.Combine(test.Config.WireGuardDirectory, "wg_alpha.conf");
        var good = await File.ReadAllTextAsync(conf, Ct);
        File.Delete(conf);
        await File.WriteAllTextAsync(conf, "nonsense", Ct);

        await test.StartAgainAsync();

        test.Health.Of("alpha").State.ShouldBe(FleetCondition.Degraded);
        test.Health.Of("alpha").Reason.ShouldStartWith($"{conf} has no valid PrivateKey");
        await test.JoinAsync();
        test.ShouldAgree();
        (await File.ReadAllTextAsync(conf, Ct)).ShouldBe("nonsense");

        await File.WriteAllTextAsync(conf, good, Ct);
        await test.PassAsync(TimeSpan.FromSeconds(20));
        test.Health.Of("alpha").State.ShouldBe(FleetCondition.Up);
    }

    [Fact]
    public async Task A_damaged_conf_of_an_interface_that_is_not_there_leaves_the_fleet_down()
    {
        await using var test = await TestRegistry.StartAsync();
        await test.StopAsync();
        test.WireGuard.Lose("wg_alpha");
        var conf = Path.Combine(test.Config.WireGuardDirectory, "wg_alpha.conf");
        File.Delete(conf);
        await File.WriteAllTextAsync(conf, "nonsense", Ct);

        await test.StartAgainAsync();

        test.Health.Of("alpha").State.ShouldBe(FleetCondition.Down);
        await test.JoinAsync("beta");
    }

    [Fact]
    public void An_interface_without_peers_and_a_fleet_without_clients_do_not_differ() =>
        Reconciler.Difference(new Device("wg_x", null, 1, []), new FleetSnapshot(Some.Fleet("x", "fd00:a::/64"))).ShouldBeEmpty();
}
