using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>The DNS servers of a fleet, with dnsmasq on the gateway and Debian's openresolv on the machine, which is unpacked for the machine alone.</summary>
public class JoinDnsTests
{
    private const string Config = Gateway.Alpha + "    dns: [\"fd00:a0a8:34d:a0::1\", alpha.example.net]\n";

    private static readonly string[] Dnsmasq =
    [
        "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root", "--pid-file=", "--log-facility=-", "--listen-address=fd00:a0a8:34d:a0::1",
        "--bind-dynamic", "--hostsdir=/run/hosts.d",
    ];

    [Fact]
    public async Task A_machine_asks_the_fleets_DNS_server_while_the_server_answers_through_the_tunnel()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.AddGatewayAsync();
        await gateway.Machine.RunAsync("mkdir", "/run/hosts.d");
        await gateway.StartAsync(Config + "hosts_file: /run/hosts.d/wg_fleet\n");
        await using var dnsmasq = gateway.Machine.Start(Dnsmasq);
        var machine = await AddMachineAsync(lan, gateway);

        (await machine.JoinAsync()).ShouldContain("the server offers the DNS server or domain fd00:a0a8:34d:a0::1, which is not used without --accept dns");
        (await ResolvConfAsync(machine)).ShouldNotContain("fd00:a0a8:34d:a0::1");

        (await machine.JoinAsync("--accept", "dns")).ShouldNotContain("DNS");
        (await ResolvConfAsync(machine)).ShouldContain("\nsearch alpha.example.net\nnameserver fd00:a0a8:34d:a0::1\n");
        var address = (await File.ReadAllTextAsync(gateway.Machine.Seen("/run/hosts.d/wg_fleet"), TestContext.Current.CancellationToken)).Split(' ')[0];
        await Deadline.UntilAsync("dnsmasq knows the machine", async () => (await machine.TryRunAsync("getent", "ahostsv6", "excavator")).Output.Contains(address, StringComparison.Ordinal));

        // A machine whose gateway is away looks up names as before, else it could not find the server by its name to register again.
        await gateway.Server.StopAsync();
        (await machine.TryJoinAsync("--accept", "dns")).ExitCode.ShouldBe(1);
        (await ResolvConfAsync(machine)).ShouldNotContain("fd00:a0a8:34d:a0::1");
        await gateway.StartAsync(Config + "hosts_file: /run/hosts.d/wg_fleet\n");
        machine.EndBackOff();
        await machine.JoinAsync("--accept", "dns");
        (await ResolvConfAsync(machine)).ShouldContain("nameserver fd00:a0a8:34d:a0::1\n");

        // Whoever takes the tunnel down takes the server away too, and the next round sets both up again.
        await machine.RunAsync("wg-quick", "down", "fl_alpha");
        (await ResolvConfAsync(machine)).ShouldNotContain("fd00:a0a8:34d:a0::1");
        await machine.JoinAsync("--accept", "dns");
        (await ResolvConfAsync(machine)).ShouldContain("nameserver fd00:a0a8:34d:a0::1\n");

        await machine.JoinAsync("--leave");
        (await ResolvConfAsync(machine)).ShouldNotContain("fd00:a0a8:34d:a0::1");
    }

    [Fact]
    public async Task A_machine_that_has_no_way_to_use_them_says_so_once_and_is_in()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Config);
        var machine = await lan.AddMachineAsync(gateway);

        (await machine.JoinAsync("--accept", "dns")).ShouldContain("this machine does not ask the fleet's DNS servers: it has neither systemd-resolved nor resolvconf\n");
        (await machine.JoinAsync("--accept", "dns")).ShouldBeEmpty();
        await machine.ReachesGatewayAsync();
    }

    private static Task<string> ResolvConfAsync(Machine machine) => machine.RunAsync("cat", "/etc/resolv.conf");

    /// <summary>A machine with openresolv below a /usr of its own, so that the resolv.conf of the machine of the tests stays as it is.</summary>
    private static async Task<Machine> AddMachineAsync(Lan lan, Gateway gateway)
    {
        var machine = (await lan.AddClientAsync()).Machine;
        var unpacked = Path.Combine(machine.Disk, "var-lib/openresolv");
        (await RunningProcess.RunAsync(["sh", "-ec", $"mkdir {unpacked}; cd {unpacked}; apt-get download -q openresolv; dpkg -x openresolv_*.deb ."])).Succeeded("apt-get download openresolv");
        await machine.RunAsync("sh", "-ec", "cd /var/lib/openresolv; mkdir -p usr; for folder in sbin lib; do [ ! -d $folder ] || cp -a $folder usr/; done; mount -t overlay overlay -o lowerdir=/var/lib/openresolv/usr:/usr /usr");
        await machine.OwnFoldersAsync();
        await machine.RunAsync("sh", "-ec", "cp /var/lib/openresolv/etc/resolvconf.conf /etc/; echo '# as before' >/run/before; rm -f /etc/resolv.conf; cp /run/before /etc/resolv.conf");
        await machine.DownloadAsync(gateway);
        return machine;
    }
}
