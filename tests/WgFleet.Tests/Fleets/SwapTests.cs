using WgFleet.Config;
using WgFleet.Fleets.State;

namespace WgFleet.Tests.Fleets;

/// <summary>Fleets that exchange what only one can have, in one change of the configuration.</summary>
public class SwapTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fleets_can_exchange_their_ports_in_one_change()
    {
        await using var test = await TestRegistry.StartAsync(c => c with { Fleets = [.. c.Fleets, Some.Fleet("gamma", "fd00:c::/64", 51822)] });
        test.Interfaces.HoldsPorts = true;

        await test.RestartAsync(c => c with { Fleets = [c.Fleets[0] with { Port = 51821 }, c.Fleets[1] with { Port = 51822 }, c.Fleets[2] with { Port = 51820 }] });

        foreach (var (fleet, port) in new[] { ("alpha", 51821), ("beta", 51822), ("gamma", 51820) })
        {
            test.Health.Of(fleet).State.ShouldBe(FleetCondition.Up, test.Health.Of(fleet).Reason);
            (await test.WireGuard.GetDeviceAsync("wg_" + fleet, Ct)).ListenPort.ShouldBe(port);
            await test.JoinAsync(fleet);
        }

        test.ShouldAgree();
    }

    [Fact]
    public async Task Fleets_can_exchange_their_subnets_in_one_change()
    {
        await using var test = await TestRegistry.StartAsync();
        var (alpha, beta) = (test.Config.Fleets[0], test.Config.Fleets[1]);

        await test.RestartAsync(c => c with
        {
            Fleets =
            [
                alpha with { Network = beta.Network },
                beta with { Network = alpha.Network },
            ],
        });

        foreach (var fleet in test.Config.Fleets)
        {
            test.Health.Of(fleet.Name).State.ShouldBe(FleetCondition.Up, test.Health.Of(fleet.Name).Reason);
            (await test.Interfaces.FindAsync(fleet.Interface, Ct))!.Addresses.ShouldHaveSingleItem().Address.ShouldBe(fleet.Network.Gateway);
            await test.JoinAsync(fleet.Name);
        }
    }

    [Fact]
    public async Task A_single_changed_fleet_gives_nothing_up_before_it_is_brought_up()
    {
        await using var test = await TestRegistry.StartAsync(c => c with { Fleets = [c.Fleets[0]] });
        var client = await test.JoinAsync();

        await test.RestartAsync();

        test.WireGuard.Changes.ShouldNotContain(c => c.Change.ListenPort == 0);
        test.Alpha.ById.ShouldContainKey(client.Id);
    }
}
