using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>IPv4 in real tunnels, beside IPv6 and alone, with the join script.</summary>
public class Ipv4Tests
{
    private const string Keys4 = "    ip4: 10.7.0.1\n    subnet4: 10.7.0.0/24\n";
    private const string Both = Gateway.Alpha + Keys4;

    [Fact]
    public async Task A_machine_reaches_the_gateway_by_both_addresses_and_its_ping_counts_from_either()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await gateway.StartAsync(Both);
        var machine = await lan.AddMachineAsync(gateway);

        await machine.JoinAsync();

        await machine.ReachesGatewayAsync();
        await ReachesGateway4Async(machine);
        var addresses = (await machine.RunAsync("sh", "-ec", "sed -n 's/^Address = //p' /etc/wireguard/fl_alpha.conf")).Trim().Split(", ");
        addresses.ShouldSatisfyAllConditions(a => a.Length.ShouldBe(2), a => a[0].ShouldEndWith("/128"), a => a[1].ShouldStartWith("10.7.0."), a => a[1].ShouldEndWith("/32"));
        gateway.HostsFile.ShouldBe(string.Concat(addresses.Select(a => $"{a.Split('/')[0]} excavator.alpha.example.net\n")));
        (await Ping4Async(machine)).ShouldBe("""{"status":"ok"}""");
        (await machine.TryJoinAsync("--status")).Output.ShouldContain($"Address:   {string.Join(", ", addresses.Select(a => a.Split('/')[0]))}\n");
    }

    [Fact]
    public async Task A_fleet_gets_IPv4_loses_it_and_gets_another_network_by_a_reload_and_its_machines_follow()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await gateway.StartAsync();
        var machine = await lan.AddMachineAsync(gateway);
        await machine.JoinAsync();

        await ReloadAsync(gateway, Both);
        await machine.ReachesGatewayAsync();
        await machine.JoinAsync();
        await ReachesGateway4Async(machine);
        await machine.ReachesGatewayAsync();

        await ReloadAsync(gateway, Both.Replace("10.7.0.", "10.8.0.", StringComparison.Ordinal));
        await machine.ReachesGatewayAsync();
        await machine.JoinAsync();
        await ReachesGateway4Async(machine, "10.8.0.1");
        (await gateway.Machine.RunAsync("ip", "-4", "-o", "addr", "show", "wg_alpha")).ShouldNotContain("10.7.0.1");

        await ReloadAsync(gateway, Gateway.Alpha);
        await machine.JoinAsync();
        await machine.ReachesGatewayAsync();
        (await gateway.Machine.RunAsync("ip", "-4", "-o", "addr", "show", "wg_alpha")).ShouldBeEmpty();
        (await machine.RunAsync("cat", "/etc/wireguard/fl_alpha.conf")).ShouldNotContain("10.8.");
    }

    [Fact]
    public async Task A_fleet_with_IPv4_alone_works_also_for_machines_without_IPv6()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await gateway.StartAsync(Gateway.Alpha.Replace("    ip6: fd00:a0a8:34d:a0::1\n    subnet: fd00:a0a8:34d:a0::/64\n", Keys4, StringComparison.Ordinal));
        var machine = await lan.AddMachineAsync(gateway);
        await machine.RunAsync("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1");

        await machine.JoinAsync();

        await ReachesGateway4Async(machine);
        (await Ping4Async(machine)).ShouldBe("""{"status":"ok"}""");
        gateway.HostsFile.ShouldMatch("^10\\.7\\.0\\.[0-9]+ excavator\\.alpha\\.example\\.net\n$");
    }

    [Fact]
    public async Task A_machine_without_IPv6_uses_the_IPv4_address_that_a_fleet_has_beside_IPv6()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await gateway.StartAsync(Both);
        var machine = await lan.AddMachineAsync(gateway);
        await machine.RunAsync("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1");

        await machine.JoinAsync();

        await ReachesGateway4Async(machine);
    }

    private static async Task ReachesGateway4Async(Machine machine, string gateway = "10.7.0.1") =>
        (await machine.RunAsync("ping", "-4", "-c", "1", "-w", "30", gateway)).ShouldContain("1 received");

    private static Task<string> Ping4Async(Machine machine) =>
        machine.RunAsync("curl", "-sS", "--noproxy", "*", "-H", "content-type: application/json", "-d", "{}", "http://10.7.0.1:8000/fleet/alpha/ping");

    private static async Task ReloadAsync(Gateway gateway, string config)
    {
        await File.WriteAllTextAsync(gateway.ConfigFile, config, TestContext.Current.CancellationToken);
        (await gateway.RunAsync("reload", "--config", gateway.ConfigFile)).Succeeded("reload");
    }
}
