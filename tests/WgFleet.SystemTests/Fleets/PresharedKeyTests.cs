using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>Preshared keys in real tunnels: handed out over TLS, needed for every packet, kept by both ends.</summary>
public class PresharedKeyTests
{
    private const string Tls = "tls: {certificate: /var/lib/tls/certificate.pem, key: /var/lib/tls/key.pem, listen: \"0.0.0.0:8443\"}\n";
    private const string On = Gateway.Alpha + "    preshared: true\n" + Tls;
    private const string Server = "https://10.201.0.1:8443";

    private const string MakeCertificate = """
        mkdir -p /var/lib/tls
        cd /var/lib/tls
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=gateway -addext subjectAltName=IP:10.201.0.1 \
            -keyout key.pem -out certificate.pem 2>/dev/null
        """;

    [Fact]
    public async Task A_machine_gets_its_preshared_key_over_TLS_only_and_packets_pass_only_with_it()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await StartAsync(lan, On);
        var machine = await AddMachineAsync(lan, gateway);

        var refused = await machine.TryJoinAsync();
        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldBe("wg-fleet-join: alpha: http://10.201.0.1:8000 refuses the registration: alpha gives out preshared keys, and only over TLS: register at the server's https URL\n");
        (await gateway.PeersAsync()).ShouldBeEmpty();
        machine.EndBackOff();

        await JoinAsync(machine);
        await machine.ReachesGatewayAsync();
        var key = await PresharedAsync(gateway.Machine, "wg_alpha");
        key.Length.ShouldBe(44);
        (await PresharedAsync(machine, "fl_alpha")).ShouldBe(key);
        (await machine.RunAsync("stat", "-c", "%a", "/etc/wireguard/fl_alpha.conf")).ShouldBe("600\n");
        (gateway.Log() + refused.Error).ShouldNotContain(key);

        // With a wrong one and with none there is no handshake, and the script gets the right one again.
        foreach (var wrong in (string[])["s|^PresharedKey = .*|PresharedKey = " + Gateway.NewKey().Replace("|", "/", StringComparison.Ordinal) + "|", "/^PresharedKey/d"])
        {
            await machine.RunAsync("sh", "-ec", $"wg-quick down fl_alpha; sed -i '{wrong}' /etc/wireguard/fl_alpha.conf; wg-quick up fl_alpha");
            (await machine.TryRunAsync("ping", "-6", "-c", "1", "-w", "8", JoinMachine.GatewayInTunnel)).ExitCode.ShouldNotBe(0);
            (await machine.RunAsync("wg", "show", "fl_alpha", "latest-handshakes")).ShouldEndWith("\t0\n");

            await JoinAsync(machine);
            await machine.ReachesGatewayAsync();
            (await PresharedAsync(machine, "fl_alpha")).ShouldBe(key);
        }

        (await gateway.PeersAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_preshared_key_outlives_a_lost_interface_another_programs_change_a_restart_and_a_reboot_of_the_gateway()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await StartAsync(lan, On);
        var machine = await AddMachineAsync(lan, gateway);
        await JoinAsync(machine);
        var key = await PresharedAsync(gateway.Machine, "wg_alpha");
        var config = await machine.RunAsync("cat", "/etc/wireguard/fl_alpha.conf");

        await gateway.Machine.RunAsync("ip", "link", "delete", "wg_alpha");
        await KeepsAsync();

        await gateway.Machine.RunAsync("sh", "-ec", "wg genpsk >/run/other; wg set wg_alpha peer $(wg show wg_alpha peers) preshared-key /run/other");
        await KeepsAsync();

        await gateway.Server.StopAsync();
        await gateway.StartAsync(On);
        await KeepsAsync();

        await gateway.RebootAsync();
        await gateway.StartAsync(On);
        await KeepsAsync();

        // The machine has asked for nothing meanwhile.
        (await machine.RunAsync("cat", "/etc/wireguard/fl_alpha.conf")).ShouldBe(config);

        async Task KeepsAsync()
        {
            await Deadline.UntilAsync("the peer has its preshared key", async () => (await gateway.Machine.TryRunAsync("wg", "show", "wg_alpha", "preshared-keys")).Output.EndsWith($"\t{key}\n", StringComparison.Ordinal));

            // A new session, since a live one needs no key.
            await machine.RunAsync("sh", "-ec", "wg-quick down fl_alpha; wg-quick up fl_alpha");
            await machine.ReachesGatewayAsync();
        }
    }

    [Fact]
    public async Task Switched_on_and_off_in_a_fleet_with_clients_it_cuts_nobody_off()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await StartAsync(lan, Gateway.Alpha + Tls);
        var (machine, plain) = (await AddMachineAsync(lan, gateway), await AddMachineAsync(lan, gateway));
        await JoinAsync(machine);
        await plain.JoinAsync();

        await ReloadAsync(gateway, On);
        await machine.ReachesGatewayAsync();
        await plain.ReachesGatewayAsync();
        await JoinAsync(machine);
        (await PresharedAsync(machine, "fl_alpha")).Length.ShouldBe(44);
        await machine.ReachesGatewayAsync();

        // It knows the server by http: it says so once, and is in as before.
        (await plain.JoinAsync()).ShouldContain("only over TLS");
        (await plain.JoinAsync()).ShouldBeEmpty();
        (await PresharedAsync(plain, "fl_alpha")).ShouldBe("(none)");
        await plain.ReachesGatewayAsync();

        await ReloadAsync(gateway, Gateway.Alpha + Tls);
        await machine.ReachesGatewayAsync();
        await JoinAsync(machine);
        (await PresharedAsync(machine, "fl_alpha")).ShouldBe("(none)");
        await machine.ReachesGatewayAsync();
        (await gateway.Machine.RunAsync("wg", "show", "wg_alpha", "preshared-keys")).Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(l => l.EndsWith("\t(none)", StringComparison.Ordinal));
    }

    private static async Task<Gateway> StartAsync(Lan lan, string config)
    {
        var gateway = await lan.AddGatewayAsync();
        await gateway.Machine.RunAsync("sh", "-ec", MakeCertificate);
        await gateway.StartAsync(config);
        return gateway;
    }

    private static async Task<Machine> AddMachineAsync(Lan lan, Gateway gateway)
    {
        var machine = await lan.AddMachineAsync(gateway);
        File.Copy(Path.Combine(gateway.Machine.Disk, "var-lib/tls/certificate.pem"), Path.Combine(machine.Disk, "var-lib/ca.pem"));
        return machine;
    }

    private static Task<string> JoinAsync(Machine machine) => machine.JoinAsync("--server", Server, "--cacert", "/var/lib/ca.pem");

    private static async Task<string> PresharedAsync(Machine machine, string wgInterface) => (await machine.RunAsync("wg", "show", wgInterface, "preshared-keys")).Trim().Split('\t')[1];

    private static async Task ReloadAsync(Gateway gateway, string config)
    {
        await File.WriteAllTextAsync(gateway.ConfigFile, config, TestContext.Current.CancellationToken);
        (await gateway.RunAsync("reload", "--config", gateway.ConfigFile)).Succeeded("reload");
    }
}
