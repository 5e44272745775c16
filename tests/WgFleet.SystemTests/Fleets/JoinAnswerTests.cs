using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>A server that wants to run commands on a machine, or to have its traffic: join.sh takes from an answer only what is what it should be.</summary>
public class JoinAnswerTests
{
    private const string Good = """
        [Interface]
        Address = fd00::2/64
        MTU = 1400

        [Peer]
        PublicKey = hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=
        PresharedKey = 3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08=
        Endpoint = 10.201.0.1:51820
        AllowedIPs = fd00::1/128
        PersistentKeepalive = 25

        """;

    // It answers every registration with the configuration in a file.
    private const string Liar = """
        import http.server, json
        class Liar(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.dumps({"status": "success", "config": open("/run/config").read()}, separators=(",", ":")).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.send_header("wg-fleet-tunnel", "$(touch /run/harm)")
                self.end_headers()
                self.wfile.write(body)
            def log_message(self, *args): pass
        server = http.server.HTTPServer(("127.0.0.1", 9000), Liar)
        print("listening")
        server.serve_forever()
        """;

    private static readonly (string Key, string[] Values)[] Bad =
    [
        ("Address", ["fd00::2", "10.0.0.2/24", "fd00:::2/64", "fd00::2::3/64", "fd00::2/129", "fd00::12345/64", "1:2:3/64", "fd00::2/64; touch /run/harm", @"fd00::2/64\nPostUp = touch /run/harm"]),
        ("PublicKey", ["$(touch /run/harm)", "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo", "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmp="]),
        ("PresharedKey", ["`touch /run/harm`", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", @"hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=\nPostUp = touch /run/harm"]),
        ("Endpoint", ["10.201.0.1", "10.201.0.1:0", "10.201.0.1:70000", "-x:51820", "$(touch /run/harm):51820", "a b:51820", @"x\nPostUp = touch /run/harm\n:51820"]),
        ("AllowedIPs", ["::/0", "fd00::/8", "0.0.0.0/0", "10.0.0.1/32", "fd00::1", "fd00::1/128, ::/0"]),
        ("MTU", ["1279", "65536", "01400", "1400; touch /run/harm", "-1400", "99999999999999999999"]),
        ("PersistentKeepalive", ["65536", "-1", "25 x", "$(touch /run/harm)", "off"]),
    ];

    [Fact]
    public async Task An_answer_with_a_wrong_value_is_refused_and_changes_nothing()
    {
        await using var lan = await Lan.CreateAsync();
        var machine = await AddMachineAsync(lan);
        await using var liar = await LieAsync(machine);

        foreach (var (key, values) in Bad)
        {
            foreach (var value in values)
            {
                var line = Good.Split('\n').Single(l => l.StartsWith($"{key} = ", StringComparison.Ordinal));
                await SayAsync(machine, Good.Replace(line, $"{key} = {value}", StringComparison.Ordinal));

                var refused = await machine.TryJoinAsync("--server", "http://127.0.0.1:9000", "--accept", "routes,default-route,dns");

                (refused.ExitCode, refused.Error).ShouldBe((1, $"wg-fleet-join: alpha: the server's answer has no sensible {key}\n"), $"{key} = {value}");
                File.Exists(machine.Seen("/etc/wireguard/fl_alpha.conf")).ShouldBeFalse($"{key} = {value}");
                machine.EndBackOff();
            }
        }

        (await machine.RunAsync("wg", "show", "interfaces")).Trim().ShouldBeEmpty();
        File.Exists(machine.Seen("/run/harm")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("dash")]
    [InlineData("busybox", "sh")]
    [InlineData("bash", "--posix")]
    public async Task Of_an_answer_with_more_than_that_only_what_the_owner_accepts_is_used(params string[] shell)
    {
        await using var lan = await Lan.CreateAsync();
        var machine = await AddMachineAsync(lan);
        await using var liar = await LieAsync(machine);
        await SayAsync(machine, Good.Replace("Address", "PostUp = touch /run/harm\nTable = off\nSaveConfig = true\nDNS = fd00::53, $(touch /run/harm), example.net, -a, ~., 10.0.0.300\nDNS = 192.0.2.53, a..b\nAddress", StringComparison.Ordinal)
            .Replace("/64", "/0", StringComparison.Ordinal)
            .Replace("Persistent", "AllowedIPs = 10.0.0.0/8, 2001:db8:20::/48, $(touch /run/harm)/64, ::/0, fd00::/129, 2001:db8:30::/048\nPreUp = touch /run/harm\nPersistent", StringComparison.Ordinal));

        var joined = await machine.TryRunAsync(["env", "WG_FLEET_HOSTNAME=excavator", .. shell, "/var/lib/join.sh", "--server", "http://127.0.0.1:9000", "--accept", "routes,dns"]);

        joined.Error.ShouldEndWith("no handshake with 10.201.0.1:51820: is its UDP port blocked on the way?\n");
        joined.Error.ShouldContain("the server offers a route to '10.0.0.0/8', which is not usable\n");
        joined.Error.ShouldContain("the server offers a route to '$(touch/run/harm)/64', which is not usable\n");
        joined.Error.ShouldContain("the server offers a route to ::/0, which is not taken without --accept default-route\n");
        joined.Error.ShouldContain("the server offers the DNS server or domain '~.', which is not usable\n");
        var lines = (await machine.RunAsync("cat", "/etc/wireguard/fl_alpha.conf")).Split('\n');
        lines[2].ShouldStartWith("PrivateKey = ");
        lines.Where((_, i) => i != 2).ShouldBe(
        [
            "# wg-fleet-join writes this file. It keeps a line with an MTU, and nothing else that is added.", "[Interface]", "Address = fd00::2/128", "MTU = 1400",
            "PostDown = ! command -v resolvconf >/dev/null || resolvconf -d fl_alpha -f || :", "",
            "[Peer]", "PublicKey = hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=", "PresharedKey = 3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08=", "Endpoint = 10.201.0.1:51820",
            "AllowedIPs = fd00::1/128", "AllowedIPs = 2001:db8:20::/48", "PersistentKeepalive = 25", "",
        ]);
        (await machine.RunAsync("stat", "-c", "%a", "/etc/wireguard/fl_alpha.conf")).ShouldBe("600\n");
        (await machine.RunAsync("cat", "/etc/wireguard/wg-fleet-join/alpha/dns")).ShouldBe("fd00::53\nexample.net\n192.0.2.53\n");

        // Nothing but the gateway and the accepted network goes into the tunnel.
        (await machine.RunAsync("sh", "-c", "ip -6 route show dev fl_alpha | cut -d ' ' -f 1 | grep -v '^fe80\\|^ff00\\|^multicast' | sort")).ShouldBe("2001:db8:20::/48\nfd00::1\nfd00::2\n");
        File.Exists(machine.Seen("/run/harm")).ShouldBeFalse();
    }

    [Fact]
    public async Task Without_the_owners_word_no_DNS_server_is_used()
    {
        await using var lan = await Lan.CreateAsync();
        var machine = await AddMachineAsync(lan);
        await using var liar = await LieAsync(machine);
        await SayAsync(machine, Good.Replace("MTU", "DNS = fd00::53, example.net\nMTU", StringComparison.Ordinal));

        var joined = await machine.TryJoinAsync("--server", "http://127.0.0.1:9000");

        joined.Error.ShouldContain("the server offers the DNS server or domain fd00::53, which is not used without --accept dns\n");
        (await machine.RunAsync("cat", "/etc/wireguard/wg-fleet-join/alpha/dns")).ShouldBeEmpty();
    }

    /// <summary>A machine that has the script of a server, and will be told to ask another one.</summary>
    private static async Task<Machine> AddMachineAsync(Lan lan) => await lan.AddMachineAsync(await lan.StartGatewayAsync());

    private static async Task<RunningProcess> LieAsync(Machine machine)
    {
        var liar = machine.Start("python3", "-u", "-c", Liar);
        await Deadline.UntilAsync("the liar listens", () => liar.Output.Contains("listening", StringComparison.Ordinal));
        return liar;
    }

    private static Task SayAsync(Machine machine, string config) => File.WriteAllTextAsync(machine.Seen("/run/config"), config, TestContext.Current.CancellationToken);
}
