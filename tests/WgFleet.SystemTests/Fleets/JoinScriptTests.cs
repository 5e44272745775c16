using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Fleets;

/// <summary>join.sh on real machines: copies of one image, a server that is away, a client that was removed.</summary>
public class JoinScriptTests
{
    private const string State = "etc-wireguard/wg-fleet-join/alpha";

    [Fact]
    public async Task Three_copies_of_a_machine_that_had_joined_become_three_machines()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var image = (await lan.AddClientAsync()).Machine;
        await image.DownloadAsync(gateway);
        await RunAsync(image, "dash");
        var original = gateway.HostsFile;
        await lan.PowerOffAsync(image);

        var copies = new List<Machine>();
        for (var i = 0; i < 3; i++)
            copies.Add((await lan.AddClientAsync(image)).Machine);

        await Task.WhenAll(copies.Zip(["dash", "busybox sh", "bash --posix"], RunAsync));

        gateway.HostsFile.ShouldStartWith(original);
        gateway.HostsFile.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[1]).ShouldBe(
            ["excavator.alpha.example.net", "excavator--2.alpha.example.net", "excavator--3.alpha.example.net", "excavator--4.alpha.example.net"],
            ignoreOrder: true);
        (await gateway.PeersAsync()).Count.ShouldBe(4);
        foreach (var copy in copies)
        {
            (await copy.RunAsync("ping", "-6", "-c", "1", "-w", "30", "fd00:a0a8:34d:a0::1")).ShouldContain("1 received");
            var publicKey = (await copy.RunAsync("sh", "-c", "wg pubkey </etc/wireguard/wg-fleet-join/alpha/private.key")).Trim();
            (await gateway.PeersAsync()).ShouldContainKey(publicKey);
        }
    }

    [Fact]
    public async Task A_machine_that_runs_the_script_again_stays_the_same_client_also_after_a_reboot()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var client = await lan.AddClientAsync();
        await client.Machine.DownloadAsync(gateway);
        await RunAsync(client.Machine, "dash");
        var (hosts, peers) = (gateway.HostsFile, await gateway.PeersAsync());

        await RunAsync(client.Machine, "busybox sh");
        var machine = await lan.RebootAsync(client.Machine);
        await RunAsync(machine, "dash");

        gateway.HostsFile.ShouldBe(hosts);
        (await gateway.PeersAsync()).ShouldBe(peers);
        hosts.ShouldEndWith(" excavator.alpha.example.net\n");
    }

    [Fact]
    public async Task Commands_in_an_answer_are_not_run()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = (await lan.AddClientAsync()).Machine;
        await machine.DownloadAsync(gateway);
        await using var liar = machine.Start("python3", "-u", "-c", """
            import http.server, json
            class Liar(http.server.BaseHTTPRequestHandler):
                def do_POST(self):
                    body = json.dumps({"status": "success", "config":
                        "[Interface]\nPostUp = touch /run/harm\nAddress = fd00::2/64\n\n[Peer]\nPublicKey = $(touch /run/harm)\nEndpoint = 10.201.0.1:51820\nAllowedIPs = fd00::1/128\n"},
                        separators=(",", ":")).encode()
                    self.send_response(200); self.send_header("content-length", str(len(body))); self.end_headers(); self.wfile.write(body)
            server = http.server.HTTPServer(("127.0.0.1", 9000), Liar)
            print("listening"); server.serve_forever()
            """);
        await Deadline.UntilAsync("the liar listens", () => liar.Output.Contains("listening", StringComparison.Ordinal));

        var refused = await machine.TryRunAsync("env", "WG_FLEET_SERVER=http://127.0.0.1:9000", "dash", "/var/lib/join.sh");

        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldContain("the server's answer has no sensible PublicKey");
        File.Exists(machine.Seen("/run/harm")).ShouldBeFalse();
    }

    [Fact]
    public async Task Leaving_takes_the_tunnel_down_and_forgets_the_key()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = (await lan.AddClientAsync()).Machine;
        await machine.DownloadAsync(gateway);
        await RunAsync(machine, "dash");

        await machine.RunAsync("busybox", "sh", "/var/lib/join.sh", "--leave");

        (await machine.RunAsync("wg", "show", "interfaces")).Trim().ShouldBeEmpty();
        Directory.Exists(Path.Combine(machine.Disk, State)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_script_installed_in_an_image_joins_at_the_first_boot_with_its_settings()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var machine = (await lan.AddClientAsync()).Machine;

        // An image in the making has no systemd running.
        await machine.OwnFoldersAsync();
        await machine.RunAsync("sh", "-ec", """
            mkdir /run/bin
            printf '%s\n' '#!/bin/sh' 'echo "$@" >>/run/systemctl.log' >/run/bin/systemctl
            chmod 755 /run/bin/systemctl
            """);
        await machine.RunAsync("env", "PATH=/run/bin:/usr/sbin:/usr/bin:/sbin:/bin", "WG_FLEET_HOSTNAME=excavator",
            "sh", "-c", $"curl -sSf {gateway.Url}/fleet/alpha/join.sh | sh -s -- --install");

        (await File.ReadAllTextAsync(machine.Seen("/run/systemctl.log"))).ShouldBe("enable wg-fleet-join@alpha.timer\n");
        (await machine.RunAsync("cat", "/etc/systemd/system/wg-fleet-join@.service")).ShouldContain("\nExecStart=/usr/local/sbin/wg-fleet-join --fleet %I\n");
        (await machine.RunAsync("cat", "/etc/systemd/system/wg-fleet-join@alpha.timer")).ShouldContain("\nOnUnitInactiveSec=60s\n");
        (await gateway.PeersAsync()).ShouldBeEmpty();
        await machine.RunAsync("/usr/local/sbin/wg-fleet-join");
        gateway.HostsFile.ShouldEndWith(" excavator.alpha.example.net\n");
    }

    [Fact]
    public async Task The_script_says_that_a_token_is_missing_joins_with_one_and_respects_Retry_After()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync(Gateway.Alpha + "enrollment: token\nenrollment_rate: {source: 2/h}\n");
        var machine = (await lan.AddClientAsync()).Machine;
        await machine.DownloadAsync(gateway);
        string[] join = ["env", "WG_FLEET_HOSTNAME=excavator", "WG_FLEET_TOKEN_FILE=/var/lib/token", "dash", "/var/lib/join.sh"];

        var refused = await machine.TryRunAsync(join);
        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldEndWith("refuses the registration (This fleet takes an enrollment token: Authorization: Bearer wgf_...): put a valid token into /var/lib/token\n");

        var token = (await gateway.RunAsync("tokens", "create", "--enroll", "lab", "--uses", "1", "--config", gateway.ConfigFile)).Succeeded("tokens create");
        await File.WriteAllTextAsync(Path.Combine(machine.Disk, "var-lib/token"), token, TestContext.Current.CancellationToken);
        machine.EndBackOff();
        await machine.RunAsync(join);
        gateway.HostsFile.ShouldEndWith(" excavator.alpha.example.net\n");

        // With a new key it is a new machine, and asks for the third time.
        await machine.RunAsync("dash", "/var/lib/join.sh", "--leave");
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        (await machine.TryRunAsync(join)).Error.ShouldEndWith("answers 429: Too many registrations from this address\n");
        long.Parse(await File.ReadAllTextAsync(machine.Seen("/run/wg-fleet-join/alpha/wait-until"), TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture)
            .ShouldBeInRange(before + 600, before + 960);
    }

    private static Task<string> RunAsync(Machine machine, string shell) =>
        machine.RunAsync(["env", "WG_FLEET_HOSTNAME=excavator", .. shell.Split(' '), "/var/lib/join.sh"]);
}
