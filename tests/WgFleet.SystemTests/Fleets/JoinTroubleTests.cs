using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>What join.sh says when the machine does not get in, and what it leaves alone.</summary>
public class JoinTroubleTests
{
    [Fact]
    public async Task The_script_says_that_IPv6_is_switched_off()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await machine.RunAsync("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1");

        var refused = await machine.TryJoinAsync();

        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldBe("wg-fleet-join: alpha: the tunnel does not come up: IPv6 is switched off on this machine (net.ipv6.conf.all.disable_ipv6): switch it on\n");
    }

    [Fact]
    public async Task The_script_reports_the_last_error_of_wg_quick_and_not_its_cleanup()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Gateway.Alpha.Replace("external_ip: 10.201.0.1", "external_ip: nosuch.invalid", StringComparison.Ordinal));
        var machine = await lan.AddMachineAsync(gateway);

        (await machine.TryJoinAsync()).Error.ShouldMatch("the tunnel does not come up: .*nosuch.invalid:51820.*\n$");
    }

    [Fact]
    public async Task The_script_names_the_endpoint_if_there_is_no_handshake()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Gateway.Alpha.Replace("external_ip: 10.201.0.1", "external_ip: 10.201.0.77", StringComparison.Ordinal));
        var machine = await lan.AddMachineAsync(gateway);

        var refused = await machine.TryJoinAsync();

        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldBe("wg-fleet-join: alpha: no answer through the tunnel: no handshake with 10.201.0.77:51820: is its UDP port blocked on the way?\n");
        (await machine.TryJoinAsync("--status")).Output.ShouldContain("\nIn:        no: no handshake with 10.201.0.77:51820");
    }

    [Fact]
    public async Task An_MTU_that_was_written_into_the_tunnels_file_is_kept()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await machine.JoinAsync();
        await machine.RunAsync("sh", "-ec", "sed -i '/^Address/a MTU = 1290' /etc/wireguard/fl_alpha.conf; wg-quick down fl_alpha; wg-quick up fl_alpha");

        // A client that was removed gets another address, and its file is written anew.
        await gateway.RunAsync("clients", "remove", "excavator", "--config", gateway.ConfigFile);
        await machine.JoinAsync();

        (await machine.RunAsync("cat", "/sys/class/net/fl_alpha/mtu")).ShouldBe("1290\n");
        await machine.ReachesGatewayAsync();
    }

    [Fact]
    public async Task A_foreign_tunnel_with_the_same_name_is_not_changed()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await machine.RunAsync("sh", "-ec", "echo '# mine' >/etc/wireguard/fl_alpha.conf; wg-quick up fl_alpha");

        (await machine.TryJoinAsync()).Error.ShouldEndWith("/etc/wireguard/fl_alpha.conf is not ours: move it away, or set --interface\n");
        await machine.JoinAsync("--leave");

        (await machine.RunAsync("cat", "/etc/wireguard/fl_alpha.conf")).ShouldBe("# mine\n");
        (await machine.RunAsync("wg", "show", "interfaces")).ShouldBe("fl_alpha\n");
    }
}
