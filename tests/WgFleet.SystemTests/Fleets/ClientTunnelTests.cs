using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>What a fleet tells its machines of their end of the tunnel: MTU, keepalive and routes.</summary>
public class ClientTunnelTests
{
    private const string Told = Gateway.Alpha + "    mtu: 1340\n    keepalive: 40s\n";
    private const string Routed = Gateway.Alpha + "    routes: [\"2001:db8:20::/48\", \"2000::/3\"]\n";

    [Fact]
    public async Task A_machine_that_is_in_gets_another_MTU_and_keepalive_after_a_reload_and_its_owners_MTU_wins()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await machine.JoinAsync();
        (await KeepaliveAsync(machine)).ShouldBe("25");
        var before = await MtuAsync(machine);

        await ReloadAsync(gateway, Told);
        await machine.JoinAsync();

        (await MtuAsync(machine)).ShouldBe("1340");
        (await KeepaliveAsync(machine)).ShouldBe("40");
        (await gateway.Machine.RunAsync("cat", "/sys/class/net/wg_alpha/mtu")).ShouldBe("1340\n");
        await machine.ReachesGatewayAsync();
        (await gateway.PeersAsync()).Count.ShouldBe(1);

        // The keepalive is the client's: that of the gateway is 0 as soon as no handshake is under way.
        await Deadline.UntilAsync("the gateway sends no keepalives", async () =>
            (await gateway.Machine.RunAsync("wg", "show", "wg_alpha", "persistent-keepalive")).EndsWith("\toff\n", StringComparison.Ordinal));

        await machine.JoinAsync("--mtu", "1300");
        (await MtuAsync(machine)).ShouldBe("1300");

        await ReloadAsync(gateway, Gateway.Alpha);
        await machine.JoinAsync();
        (await MtuAsync(machine)).ShouldBe(before);
        (await KeepaliveAsync(machine)).ShouldBe("25");
        await machine.ReachesGatewayAsync();
    }

    [Fact]
    public async Task A_route_is_taken_only_if_the_machines_owner_accepts_it()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Routed);
        var machine = await lan.AddMachineAsync(gateway);

        await AddNetworkAsync(lan, gateway);

        (await machine.JoinAsync()).ShouldContain("the server offers a route to 2001:db8:20::/48, which is not taken without --accept routes");
        (await AllowedAsync(machine)).ShouldBe($"{JoinMachine.GatewayInTunnel}/128");
        (await PingAsync(machine)).ShouldNotBe(0);

        (await machine.JoinAsync("--accept", "routes")).ShouldContain("the server offers a route to 2000::/3, which is not taken without --accept default-route");
        (await AllowedAsync(machine)).ShouldBe($"{JoinMachine.GatewayInTunnel}/128 2001:db8:20::/48");
        (await PingAsync(machine)).ShouldBe(0);

        // Without the owner's word it is gone again.
        await machine.JoinAsync();
        (await AllowedAsync(machine)).ShouldBe($"{JoinMachine.GatewayInTunnel}/128");
        (await PingAsync(machine)).ShouldNotBe(0);
    }

    [Fact]
    public async Task A_client_that_takes_the_answer_as_it_is_has_the_routes()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Routed.Replace(", \"2000::/3\"", "", StringComparison.Ordinal) + "    mtu: 1340\n");
        await AddNetworkAsync(lan, gateway);
        var client = await lan.AddClientAsync();

        await client.JoinAsync(gateway);

        (await client.ReachesGatewayAsync()).ShouldBeTrue();
        (await PingAsync(client.Machine)).ShouldBe(0);
        (await client.Machine.RunAsync("cat", "/sys/class/net/fleet/mtu")).ShouldBe("1340\n");
    }

    /// <summary>Adds a network behind the gateway, with a machine in it that answers.</summary>
    private static async Task AddNetworkAsync(Lan lan, Gateway gateway)
    {
        var behind = await lan.BootAsync("behind", 6);
        await behind.IpAsync("addr add 2001:db8:20::1/128 dev lo nodad\nroute add fd00:a0a8:34d:a0::/64 via 2001:db8::1\n");
        await gateway.Machine.IpAsync("route add 2001:db8:20::/48 via 2001:db8::6\n");
        await gateway.Machine.RunAsync("sysctl", "-qw", "net.ipv6.conf.all.forwarding=1");
    }

    private static async Task<int> PingAsync(Machine machine) => (await machine.TryRunAsync("ping", "-6", "-c", "1", "-w", "5", "2001:db8:20::1")).ExitCode;

    private static async Task<string> MtuAsync(Machine machine) => (await machine.RunAsync("cat", "/sys/class/net/fl_alpha/mtu")).Trim();

    private static async Task<string> KeepaliveAsync(Machine machine) => (await machine.RunAsync("wg", "show", "fl_alpha", "persistent-keepalive")).Trim().Split('\t')[1];

    private static async Task<string> AllowedAsync(Machine machine) => (await machine.RunAsync("wg", "show", "fl_alpha", "allowed-ips")).Trim().Split('\t')[1];

    private static async Task ReloadAsync(Gateway gateway, string config)
    {
        await File.WriteAllTextAsync(gateway.ConfigFile, config, TestContext.Current.CancellationToken);
        (await gateway.RunAsync("reload", "--config", gateway.ConfigFile)).Succeeded("reload");
    }
}
