using System.Diagnostics;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Tunnels;

/// <summary>Another program changes an interface of the gateway: it is repaired, whatever was changed, and the client's tunnel works again.</summary>
public class RepairTests
{
    // Each is followed by what the log says of it.
    private static readonly (string Command, string Reason)[] Changes =
    [
        ("ip -6 address flush dev wg_alpha", "it lacks the address fd00:a0a8:34d:a0::1/64"),
        ("wg set wg_alpha listen-port 40000", "it listens on UDP port 40000 instead of 51820"),
        ("ip link set wg_alpha mtu 1280", "its MTU is 1280 instead of 1420"),
        ("ip link set wg_alpha down", "it is down"),
        ("ip -6 route delete fd00:a0a8:34d:a0::/64 dev wg_alpha", "it has no route to fd00:a0a8:34d:a0::/64"),
        ("wg genkey > /run/key && wg set wg_alpha private-key /run/key", "its public key is"),
        ("ip link delete wg_alpha", "it is missing"),
    ];

    [Fact]
    public async Task Whatever_another_program_changes_about_the_interface_is_repaired()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var client = await lan.AddClientAsync();
        await client.JoinAsync(gateway);
        (await client.PingAsync("repaired")).Status.ShouldBe(200);

        foreach (var (command, reason) in Changes)
        {
            var before = gateway.Server.Log.Length;
            var began = Stopwatch.GetTimestamp();
            await gateway.Machine.RunAsync("sh", "-c", command);
            await Deadline.UntilAsync($"'{command}' is repaired", () => gateway.Server.Log[before..].Contains("Repaired wg_alpha: ", StringComparison.Ordinal)
                && gateway.Server.Log[before..].Contains(reason, StringComparison.Ordinal));
            TestContext.Current.TestOutputHelper?.WriteLine($"{Stopwatch.GetElapsedTime(began).TotalSeconds:0.00} s until the log says that '{command}' is repaired");
        }

        // A new tunnel of the same client; how its old one comes back is what RecoveryTests are about.
        await client.DisconnectAsync();
        await client.ConnectAsync();
        (await client.ReachesGatewayAsync(seconds: 60)).ShouldBeTrue();
        (await client.PingAsync()).Status.ShouldBe(200);
        (await gateway.Machine.RunAsync("wg", "show", "wg_alpha", "public-key")).Trim().ShouldBe(client.Registration.ServerKey);
        (await gateway.SqlAsync("SELECT count(*) >= 7 FROM events WHERE type = 'fleet.repaired' AND fleet = 'alpha'")).ShouldBe("1");
    }

    [Fact]
    public async Task An_interface_of_another_kind_with_the_fleets_name_is_left_alone_and_replaced_when_it_is_gone()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var client = await gateway.RegisterAsync();

        await gateway.Machine.RunAsync("sh", "-c", "ip link add strange type bridge; for n in 1 2 3 4 5; do ip link delete wg_alpha; ip link set strange name wg_alpha && exit 0; done; exit 1");
        await Deadline.UntilAsync("the fleet is down", async () =>
            (await gateway.Machine.SendAsync(HttpMethod.Get, "http://127.0.0.1:8000/readyz")).Body.Contains("wg_alpha", StringComparison.Ordinal));
        (await gateway.Machine.RunAsync("ip", "-d", "link", "show", "wg_alpha")).ShouldContain("bridge");

        await gateway.Machine.RunAsync("ip", "link", "delete", "wg_alpha");
        await gateway.Server.ReadyAsync();
        await Deadline.UntilAsync("the client has its peer", async () =>
            (await gateway.Machine.TryRunAsync("wg", "show", "wg_alpha", "allowed-ips")).Output.Contains($"{client.Address}/128", StringComparison.Ordinal));
    }
}
