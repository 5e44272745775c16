using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>The DNS servers of a fleet, with dnsmasq on the gateway, and Debian's openresolv or systemd-resolved on the machine.</summary>
public class JoinDnsTests
{
    private const string Config = Gateway.Alpha + "    dns: [\"fd00:a0a8:34d:a0::1\", alpha.example.net]\nhosts_file: /run/hosts.d/wg_fleet\n";

    private static readonly string[] Dnsmasq =
    [
        "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root", "--pid-file=", "--log-facility=-", "--listen-address=fd00:a0a8:34d:a0::1",
        "--bind-dynamic", "--hostsdir=/run/hosts.d",
    ];

    [Fact]
    public async Task A_machine_asks_the_fleets_DNS_server_while_the_server_answers_through_the_tunnel()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await StartGatewayAsync(lan);
        await using var dnsmasq = gateway.Machine.Start(Dnsmasq);
        var machine = await AddMachineAsync(lan, gateway, "openresolv");

        (await machine.JoinAsync()).ShouldContain("the server offers the DNS server or domain fd00:a0a8:34d:a0::1, which is not used without --accept dns");
        (await ResolvConfAsync(machine)).ShouldNotContain("fd00:a0a8:34d:a0::1");

        (await machine.JoinAsync("--accept", "dns")).ShouldNotContain("DNS");
        (await ResolvConfAsync(machine)).ShouldContain("\nsearch alpha.example.net\nnameserver fd00:a0a8:34d:a0::1\n");
        await FindsItselfAsync(gateway, machine);
        (await machine.TryJoinAsync("--status", "--accept", "dns")).Output.ShouldContain("\nDNS:       fd00:a0a8:34d:a0::1 alpha.example.net\n");

        // A machine whose gateway is away looks up names as before, else it could not find the server by its name to register again.
        await gateway.Server.StopAsync();
        (await machine.TryJoinAsync("--accept", "dns")).ExitCode.ShouldBe(1);
        (await ResolvConfAsync(machine)).ShouldNotContain("fd00:a0a8:34d:a0::1");
        await gateway.StartAsync(Config);
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
    public async Task With_systemd_resolved_the_servers_are_those_of_the_interface()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await StartGatewayAsync(lan);
        await using var dnsmasq = gateway.Machine.Start(Dnsmasq);
        var machine = await AddMachineAsync(lan, gateway, "systemd-resolved");
        await machine.RunAsync("sh", "-ec", """
            grep -q ^systemd-resolve: /etc/group || echo systemd-resolve:x:992: >>/etc/group
            grep -q ^systemd-resolve: /etc/passwd || echo systemd-resolve:x:992:992::/:/usr/sbin/nologin >>/etc/passwd
            mkdir -p /run/dbus /run/systemd/resolve
            chown systemd-resolve:systemd-resolve /run/systemd/resolve
            ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
            """);
        await using var bus = machine.Start("dbus-daemon", "--system", "--nofork", "--nopidfile");
        await using var resolved = machine.Start("/lib/systemd/systemd-resolved");
        await Deadline.UntilAsync("systemd-resolved answers", async () => (await machine.TryRunAsync("resolvectl", "status")).ExitCode == 0);

        await machine.JoinAsync("--accept", "dns");
        (await machine.RunAsync("resolvectl", "dns", "fl_alpha")).ShouldEndWith("(fl_alpha): fd00:a0a8:34d:a0::1\n");
        (await machine.RunAsync("resolvectl", "domain", "fl_alpha")).ShouldEndWith("(fl_alpha): ~. alpha.example.net\n");
        await FindsItselfAsync(gateway, machine);

        // An interface that was made anew gets them again.
        await machine.RunAsync("sh", "-ec", "wg-quick down fl_alpha; wg-quick up fl_alpha");
        (await machine.RunAsync("resolvectl", "dns", "fl_alpha")).ShouldEndWith("(fl_alpha):\n");
        await machine.JoinAsync("--accept", "dns");
        (await machine.RunAsync("resolvectl", "dns", "fl_alpha")).ShouldEndWith("(fl_alpha): fd00:a0a8:34d:a0::1\n");

        // Without the owner's word they are taken back.
        await machine.JoinAsync();
        (await machine.RunAsync("resolvectl", "dns", "fl_alpha")).ShouldEndWith("(fl_alpha):\n");
        await machine.ReachesGatewayAsync();
    }

    [Fact]
    public async Task A_machine_that_has_no_way_to_use_them_says_so_once_and_is_in()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Config.Replace("hosts_file: /run/hosts.d/wg_fleet\n", "", StringComparison.Ordinal));
        var machine = await lan.AddMachineAsync(gateway);

        (await machine.JoinAsync("--accept", "dns")).ShouldContain("this machine does not ask the fleet's DNS servers: it has neither systemd-resolved nor resolvconf\n");
        (await machine.JoinAsync("--accept", "dns")).ShouldBeEmpty();
        await machine.ReachesGatewayAsync();
    }

    private static Task<string> ResolvConfAsync(Machine machine) => machine.RunAsync("cat", "/etc/resolv.conf");

    private static async Task<Gateway> StartGatewayAsync(Lan lan)
    {
        var gateway = await lan.AddGatewayAsync();
        await gateway.Machine.RunAsync("mkdir", "/run/hosts.d");
        await gateway.StartAsync(Config);
        return gateway;
    }

    /// <summary>Waits until the machine finds its own address by its short name.</summary>
    private static async Task FindsItselfAsync(Gateway gateway, Machine machine)
    {
        var address = (await File.ReadAllTextAsync(gateway.Machine.Seen("/run/hosts.d/wg_fleet"), TestContext.Current.CancellationToken)).Split(' ')[0];
        await Deadline.UntilAsync("the machine finds itself", async () => (await machine.TryRunAsync("getent", "ahostsv6", "excavator")).Output.Contains(address, StringComparison.Ordinal));
    }

    /// <summary>A machine that has a Debian package in a /usr and /etc of its own, so that the machine of the tests stays as it is. No script of the package runs.</summary>
    private static async Task<Machine> AddMachineAsync(Lan lan, Gateway gateway, string package)
    {
        var machine = (await lan.AddClientAsync()).Machine;
        (await RunningProcess.RunAsync(["sh", "-ec", """
            mkdir -p "$1" "$2" && cd "$1"
            ls "$3"_*.deb >/dev/null 2>&1 || apt-get download -q "$3"
            dpkg -x "$3"_*.deb "$2"
            cd "$2" && mkdir -p usr
            for folder in sbin lib; do [ ! -d $folder ] || cp -a $folder usr/; done
            """, "sh", Repository.PathOf("artifacts/packages"), Path.Combine(machine.Disk, "var-lib/package"), package])).Succeeded($"unpacking {package}");
        await machine.RunAsync("mount", "-t", "overlay", "overlay", "-o", "lowerdir=/var/lib/package/usr:/usr", "/usr");
        await machine.OwnFoldersAsync();
        await machine.RunAsync("sh", "-ec", "cp -a /var/lib/package/etc/. /etc/; rm -f /etc/resolv.conf; echo '# as before' >/etc/resolv.conf");
        await machine.DownloadAsync(gateway);
        return machine;
    }
}
