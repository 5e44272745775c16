using WgFleet.Fleets;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.WireGuard;

namespace WgFleet.Tests.Fleets;

/// <summary>What another program changes about an interface is repaired, and told.</summary>
public class RepairTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("addresses", "it lacks the address fd00:a::1/64")]
    [InlineData("down", "it is down")]
    [InlineData("mtu", "its MTU is 1280 instead of 1420")]
    [InlineData("missing", "it is missing; it lacked 1 peer of its clients")]
    public async Task A_change_that_the_kernel_notifies_of_is_repaired_at_once(string change, string reason)
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await test.JoinAsync();
        var watch = new TunnelWatch(test.Links, test.Interfaces);
        await using var watching = test.Supervisor.Run("interfaces", watch.RunAsync);
        switch (change)
        {
            case "addresses":
                await test.Interfaces.ChangeAsync("wg_alpha", new InterfaceChange { Remove = (await test.Interfaces.FindAsync("wg_alpha", Ct))!.Addresses }, Ct);
                break;
            case "down":
                await test.Interfaces.ChangeAsync("wg_alpha", new InterfaceChange { Up = false }, Ct);
                break;
            case "mtu":
                await test.Interfaces.ChangeAsync("wg_alpha", new InterfaceChange { Mtu = 1280 }, Ct);
                break;
            default:
                test.WireGuard.Lose("wg_alpha");
                break;
        }

        test.Interfaces.Report("wg_alpha");

        await ToldAsync(test, reason);
        var link = (await test.Interfaces.FindAsync("wg_alpha", Ct)).ShouldNotBeNull();
        (link.IsUp, link.Mtu).ShouldBe((true, 1420));
        link.Addresses.ShouldHaveSingleItem();
        test.ShouldAgree();
        test.Alpha.ById.ShouldContainKey(client.Id);
    }

    [Theory]
    [InlineData("port", "it listens on UDP port 40000 instead of 51820")]
    [InlineData("key", "its public key is")]
    [InlineData("route", "it has no route to fd00:a::/64")]
    public async Task A_change_without_a_notification_of_the_kernel_is_repaired_within_a_second(string change, string reason)
    {
        await using var test = await TestRegistry.StartAsync();
        await test.JoinAsync();
        var key = test.Links["alpha"].Tunnel.PublicKey!.Value;
        var sessions = test.Links["alpha"].SessionsLostAt;
        switch (change)
        {
            case "port":
                await test.WireGuard.ChangeAsync("wg_alpha", new DeviceChange { ListenPort = 40000 }, Ct);
                break;
            case "key":
                await test.WireGuard.ChangeAsync("wg_alpha", new DeviceChange { PrivateKey = PrivateKey.Generate() }, Ct);
                break;
            default:
                test.Interfaces.LoseRoute("wg_alpha");
                break;
        }

        test.Time.Advance(PeerSync.GlanceInterval);

        await ToldAsync(test, reason);
        var device = await test.WireGuard.GetDeviceAsync("wg_alpha", Ct);
        (device.PrivateKey!.PublicKey, device.ListenPort).ShouldBe((key, 51820));
        (await test.Interfaces.FindPathAsync(System.Net.IPAddress.Parse("fd00:a::77"), Ct)).ShouldBe("wg_alpha");

        // With another key the sessions are gone: clients have the grace to come back.
        (test.Links["alpha"].SessionsLostAt > sessions).ShouldBe(change == "key");
    }

    [Fact]
    public async Task A_fleet_is_down_while_packets_for_its_clients_go_elsewhere()
    {
        await using var test = await TestRegistry.StartAsync();
        test.Interfaces.StealRoutes("eth0");

        // The clock of the test runs fast, so at first the interface may seem to answer too late.
        await Eventually.True(
            () => test.Health.Of("alpha") is { State: FleetCondition.Down, Reason: var reason } && reason!.StartsWith("packets", StringComparison.Ordinal),
            () => test.Time.Advance(PeerSync.GlanceInterval));

        test.Health.Of("alpha").Reason.ShouldBe("packets for fd00:a::/64 go to eth0, so no client can be reached through wg_alpha: see `ip -6 route get fd00:a::2` and `ip -6 rule`");
        test.Events.ShouldNotContain(e => e is FleetRepaired);
        test.Log.Lines.ShouldNotContain(l => l.Message.StartsWith("Repaired wg_alpha", StringComparison.Ordinal));

        test.Interfaces.StealRoutes(null);
        await Eventually.True(() => test.Health.Of("alpha").State == FleetCondition.Up, () => test.Time.Advance(PeerSync.GlanceInterval));
        await test.JoinAsync();
    }

    [Fact]
    public async Task A_preshared_key_that_somebody_gives_to_a_peer_is_removed_because_the_client_does_not_have_it()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await test.JoinAsync();
        test.WireGuard.SetPresharedKey("wg_alpha", client.PublicKey, PresharedKey.Generate());

        await test.Registry.ObserveAsync("alpha", Ct);

        test.WireGuard.Peer("wg_alpha", client.PublicKey).PresharedKey.ShouldBeNull();
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_fleet_is_down_while_an_interface_of_another_kind_has_its_name()
    {
        await using var test = await TestRegistry.StartAsync();
        await test.JoinAsync();
        var watch = new TunnelWatch(test.Links, test.Interfaces);
        await using var watching = test.Supervisor.Run("interfaces", watch.RunAsync);
        test.WireGuard.Lose("wg_alpha");
        test.Interfaces.Set(new InterfaceState("wg_alpha", 9, "dummy", true, 1500, []));
        test.Interfaces.Report("wg_alpha");
        await Eventually.True(() => test.Health.Of("alpha").State == FleetCondition.Down);
        test.Health.Of("alpha").Reason.ShouldBe("wg_alpha cannot be used, it is not a WireGuard interface but of kind dummy: remove or rename it");

        // Not ours, so not for us to remove. The next second after it is gone, ours is there.
        test.Interfaces.Remove("wg_alpha");
        test.Interfaces.Report("wg_alpha");
        await Eventually.True(() => test.Health.Of("alpha").State == FleetCondition.Up, () => test.Time.Advance(TimeSpan.FromSeconds(0.05)));
        test.ShouldAgree();
    }

    [Fact]
    public async Task Only_hooks_that_ask_for_a_repair_event_by_name_get_it()
    {
        EventTypes.IsOnlyByName(EventTypes.FleetRepaired).ShouldBeTrue();
        await using var test = await TestRegistry.StartAsync();
        await test.WireGuard.ChangeAsync("wg_beta", new DeviceChange { ListenPort = 40000 }, Ct);
        await test.Registry.ObserveAsync("beta", Ct);

        await Eventually.True(() => test.Events.OfType<FleetRepaired>().Any());
        Some.Rows(test.Config.Database, "SELECT fleet, type FROM events ORDER BY seq DESC LIMIT 1").ShouldBe(["beta|fleet.repaired"]);
        test.Log.Lines.Count(l => l.Message == "Repaired wg_beta: it listens on UDP port 40000 instead of 51821").ShouldBe(1);
    }

    private static async Task ToldAsync(TestRegistry test, string reason)
    {
        await Eventually.True(() => test.Events.OfType<FleetRepaired>().Any());
        test.Events.OfType<FleetRepaired>().ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            e => e.Fleet.ShouldBe("alpha"), e => e.Reason.ShouldStartWith(reason));
    }
}
