using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>join.sh mends a tunnel that is up and does not work, whatever is wrong with it.</summary>
public class JoinRepairTests
{
    private static readonly string[] Faults =
    [
        "ip -6 addr flush dev fl_alpha scope global",
        "ip link set fl_alpha down",
        "ip -6 route del fd00:a0a8:34d:a0::1 dev fl_alpha",
        "wg set fl_alpha peer $(wg show fl_alpha peers) remove",
        "wg set fl_alpha peer $(wg show fl_alpha peers) endpoint 10.201.77.77:51820",
        "wg set fl_alpha peer $(wg show fl_alpha peers) allowed-ips fd99::/64",
        "wg genkey >/run/other && wg set fl_alpha private-key /run/other",
        "ip link del fl_alpha",
        "ip link del fl_alpha; rm /etc/wireguard/fl_alpha.conf",
        "ip link del fl_alpha; : >/etc/wireguard/fl_alpha.conf",
        "ip link del fl_alpha; head -c 300 /dev/zero >/etc/wireguard/fl_alpha.conf",
    ];

    [Fact]
    public async Task One_round_repairs_a_tunnel_that_is_up_and_does_not_work()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();

        await Task.WhenAll(Faults.Select(async fault =>
        {
            var machine = await lan.AddMachineAsync(gateway);
            await machine.JoinAsync();
            await machine.RunAsync("sh", "-ec", fault);

            await machine.JoinAsync();

            await machine.ReachesGatewayAsync();
            (await machine.JoinAsync()).ShouldBeEmpty(fault);
        }));
        (await gateway.PeersAsync()).Count.ShouldBe(Faults.Length);
    }

    [Fact]
    public async Task A_key_that_a_power_cut_has_damaged_is_replaced_by_a_new_one()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await machine.JoinAsync();
        await machine.RunAsync("sh", "-ec", "ip link del fl_alpha; head -c 45 /dev/zero >/etc/wireguard/wg-fleet-join/alpha/private.key; rm /etc/wireguard/fl_alpha.conf");

        await machine.JoinAsync();

        await machine.ReachesGatewayAsync();
        (await gateway.PeersAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Registering_again_without_a_handshake_gives_the_machine_a_new_peer()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = (await lan.AddClientAsync()).Machine;
        var key = Gateway.NewKey();
        var register = () => machine.RunAsync("curl", "-sSf", "--data", $$"""{"public_key":"{{key}}"}""", $"{gateway.Url}/fleet/alpha/register");
        var first = await register();
        await gateway.Machine.RunAsync("wg", "set", "wg_alpha", "peer", key, "endpoint", "10.201.0.99:1234");

        (await register()).ShouldBe(first);

        (await gateway.Machine.RunAsync("wg", "show", "wg_alpha", "endpoints")).ShouldBe($"{key}\t(none)\n");
        (await gateway.PeersAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_gateway_whose_name_gets_another_address_is_found_again()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Gateway.Alpha.Replace("10.201.0.1", "gateway.example.net", StringComparison.Ordinal));
        var machine = await lan.AddMachineAsync(gateway);
        await File.AppendAllTextAsync(machine.Seen("/etc/hosts"), "10.201.0.1 gateway.example.net\n", TestContext.Current.CancellationToken);
        await machine.JoinAsync("--server", "http://gateway.example.net:8000");

        await gateway.Machine.RunAsync("sh", "-ec", "ip addr del 10.201.0.1/16 dev eth0; ip addr add 10.201.0.99/16 dev eth0");
        await machine.RunAsync("sh", "-ec", "sed 's/^10.201.0.1 /10.201.0.99 /' /etc/hosts >/run/hosts; cp /run/hosts /etc/hosts");
        await machine.JoinAsync("--server", "http://gateway.example.net:8000");

        (await machine.RunAsync("wg", "show", "fl_alpha", "endpoints")).ShouldEndWith("\t10.201.0.99:51820\n");
        await machine.ReachesGatewayAsync();
    }

    [Fact]
    public async Task A_working_tunnel_is_not_changed_while_the_server_refuses_registrations()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await machine.JoinAsync();
        var index = await machine.RunAsync("cat", "/sys/class/net/fl_alpha/ifindex");

        // The server does not know the fleet of this ping, but something answers.
        await gateway.Server.StopAsync();
        await using var other = gateway.Machine.Start("python3", "-u", "-c", """
            import http.server, socket
            class Other(http.server.BaseHTTPRequestHandler):
                def do_POST(self): self.send_response(500); self.send_header("content-length", "0"); self.end_headers()
            class Six(http.server.HTTPServer): address_family = socket.AF_INET6
            server = Six(("::", 8000), Other); print("listening"); server.serve_forever()
            """);
        await Deadline.UntilAsync("the other server listens", () => other.Output.Contains("listening", StringComparison.Ordinal));
        (await machine.TryJoinAsync()).ExitCode.ShouldBe(1);

        (await machine.RunAsync("cat", "/sys/class/net/fl_alpha/ifindex")).ShouldBe(index);
    }
}
