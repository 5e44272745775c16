using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Contract;

/// <summary>How the server starts, refuses to start, and stops: exit codes and what is printed.</summary>
public class CommandLineTests : IAsyncLifetime
{
    private Lan _lan = null!;
    private Gateway _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _lan = await Lan.CreateAsync();
        _gateway = await _lan.AddGatewayAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _lan.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Help_is_printed_on_standard_output(string flag)
    {
        var run = await _gateway.RunAsync(flag);

        (run.ExitCode, run.Error).ShouldBe((0, ""));
        run.Output.ShouldContain("--config");
    }

    [Fact]
    public async Task The_version_and_the_hooks_are_told_without_starting_anything()
    {
        await File.WriteAllTextAsync(_gateway.ConfigFile, Gateway.Alpha);
        var version = await _gateway.RunAsync("version");
        var hooks = await _gateway.RunAsync("hooks", "list", "--config", _gateway.ConfigFile);

        (version.ExitCode, hooks.ExitCode).ShouldBe((0, 0));
        version.Output.ShouldMatch(@"\d+\.\d+\.\d+");
        hooks.Output.ShouldMatch("(?s)hosts_file.*prometheus_sd");
        File.Exists(_gateway.Database).ShouldBeFalse();
    }

    [Fact]
    public async Task An_unknown_flag_ends_with_2_and_the_usage()
    {
        var run = await _gateway.RunAsync("--nosuch");

        (run.ExitCode, run.Output).ShouldBe((2, ""));
        run.Error.ShouldContain("--nosuch");
        run.Error.ShouldContain("usage: wg-fleet");
    }

    [Fact]
    public async Task A_flag_without_its_value_ends_with_2()
    {
        var run = await _gateway.RunAsync("--config");

        (run.ExitCode, run.Output).ShouldBe((2, ""));
        run.Error.ShouldContain("--config");
    }

    [Theory]
    [InlineData(Signals.Terminate)]
    [InlineData(Signals.Interrupt)]
    public async Task A_signal_ends_the_server_with_0_and_leaves_tunnels_and_files(int signal)
    {
        var server = await _gateway.StartAsync();
        var client = await _gateway.RegisterAsync();
        await _gateway.PingForAsync(client, "stays");

        server.Signal(signal);

        (await server.Process.FinishedAsync()).ExitCode.ShouldBe(0, server.Log);
        (await _gateway.PeersAsync()).ShouldContainKey(await client.PublicKeyAsync());
        _gateway.HostsFile.ShouldBe($"{client.Address} stays.alpha.example.net\n");
    }

    [Fact]
    public async Task A_missing_configuration_ends_with_78()
    {
        var run = await _gateway.RunAsync("--config", "/nosuch.yaml");

        run.ShouldBe(new Finished(78, "", "/nosuch.yaml: there is no such file, create it or name another with --config FILE\n"));
    }

    [Fact]
    public async Task Everything_wrong_in_the_configuration_is_told_at_once_by_line_and_nothing_else()
    {
        var run = await _gateway.RefuseAsync("""
            prune_timeout: soon
            colour: blue
            fleets:
              alpha:
                ip6: nonsense
                subnet: fd00:a0a8:34d:a0::/64
                external_ip: 10.201.0.1
                prot: 51820

            """);

        var file = _gateway.ConfigFile;
        var lines = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        (run.ExitCode, run.Output).ShouldBe((78, ""));
        lines.ShouldAllBe(l => l.StartsWith(file + ":", StringComparison.Ordinal));
        lines.Select(l => string.Join(':', l[(file.Length + 1)..].Split(':')[..2]).Split(", ")[0]).ShouldBe(
            ["1: domain", "1: prune_timeout", "2: unknown key 'colour'", "4: fleets.alpha.port", "5: fleets.alpha.ip6", "8: fleets.alpha"],
            ignoreOrder: true);
        run.Error.ShouldContain("did you mean 'port'?");
    }

    [Theory]
    [InlineData("")]
    [InlineData("fleets: [")]
    [InlineData("fleets:\n\talpha:\n")]
    [InlineData("- a\n- b\n")]
    [InlineData("domain: a\n---\ndomain: b\n")]
    public async Task A_file_that_is_not_a_configuration_ends_with_78_and_one_line(string text)
    {
        var run = await _gateway.RefuseAsync(text);

        (run.ExitCode, run.Output).ShouldBe((78, ""));
        run.Error.ShouldMatch($@"^{_gateway.ConfigFile}:[^\n]+\n$");
    }

    [Fact]
    public async Task Check_tells_the_same_as_the_start_and_changes_nothing()
    {
        var refused = await _gateway.RefuseAsync("domain: example.net\n");
        (await _gateway.RunAsync("check", "--config", _gateway.ConfigFile)).ShouldSatisfyAllConditions(
            check => check.ExitCode.ShouldBe(78),
            check => check.Error.ShouldBe(refused.Error));

        await File.WriteAllTextAsync(_gateway.ConfigFile, Gateway.Alpha);
        (await _gateway.RunAsync("check", "--config", _gateway.ConfigFile)).ExitCode.ShouldBe(0);
        File.Exists(_gateway.Database).ShouldBeFalse();
        (await _gateway.Machine.RunAsync("sh", "-c", "ls /etc/wireguard /run | grep -E 'wg|prometheus' || true")).ShouldBe("");
    }

    [Fact]
    public async Task A_taken_HTTP_port_ends_with_1_and_does_not_harm_the_first_server()
    {
        await _gateway.StartAsync();
        var client = await _gateway.RegisterAsync();
        var second = Path.Combine(_gateway.Machine.Disk, "second.yaml");
        await File.WriteAllTextAsync(second, """
            domain: example.net
            prune_timeout: 30m
            database: /var/lib/second.db
            hosts_file: /run/second_hosts
            prometheus_file: /run/second_targets
            fleets:
              beta: {ip6: "fd00:b::1", subnet: "fd00:b::/64", external_ip: 10.201.0.1, port: 51821}

            """);

        var run = await _gateway.RunAsync("--config", second);

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain("8000");
        run.Error.ShouldNotContain("   at ");
        (await _gateway.PingForAsync(client, "fine")).Status.ShouldBe(200);
        (await _gateway.PeersAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_second_server_on_the_same_database_is_told_who_has_it_and_does_not_harm_the_first()
    {
        await _gateway.StartAsync();
        var client = await _gateway.RegisterAsync();

        var run = await _gateway.RefuseAsync(Gateway.Alpha + "listen: 127.0.0.1:9000\n");

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldMatch(@"database /var/lib/wg-fleet/clients\.db is in use by wg-fleet, pid \d+");
        run.Error.ShouldNotContain("   at ");
        (await _gateway.PingForAsync(client, "fine")).Status.ShouldBe(200);
        _gateway.HostsFile.ShouldBe($"{client.Address} fine.alpha.example.net\n");
    }

    [Fact]
    public async Task A_fleet_whose_file_is_damaged_is_down_with_the_reason_and_the_server_ends_with_0_when_told_to()
    {
        await _gateway.Machine.RunAsync("sh", "-c", "echo nonsense > /etc/wireguard/wg_alpha.conf");

        var server = _gateway.Launch(Gateway.Alpha);

        await server.LogsAsync("Fleet alpha is down and will be tried again: /etc/wireguard/wg_alpha.conf has no valid PrivateKey");
        await Deadline.UntilAsync(
            "the server answers", async () => (await _gateway.Machine.SendAsync(HttpMethod.Get, "http://127.0.0.1:8000/healthz")).Status == 200);
        (await server.StopAsync()).ShouldBe(0);
        server.Log.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task The_optional_keys_move_what_the_server_uses()
    {
        var server = _gateway.Launch(Gateway.Alpha + """
            listen: 127.0.0.1:9000
            database: /var/lib/other.db
            hosts_file: /run/other_hosts
            prometheus_file: /run/other_targets
            prometheus_port: 9999
            wireguard_directory: /run/wireguard-conf

            """);
        await server.ReadyAsync(9000);
        var machine = _gateway.Machine;
        var client = Registration.Read(await machine.SendAsync(HttpMethod.Post, "http://127.0.0.1:9000/fleet/alpha/register"));
        var ping = await machine.SendAsync(
            HttpMethod.Post, "http://127.0.0.1:9000/fleet/alpha/ping", "{\"hostname\":\"a\"}"u8.ToArray(), "application/json", ("x-forwarded-for", client.Address));

        ping.Status.ShouldBe(200);
        File.ReadAllText(machine.Seen("/run/other_hosts")).ShouldBe($"{client.Address} a.alpha.example.net\n");
        File.ReadAllText(machine.Seen("/run/other_targets")).ShouldContain($"[{client.Address}]:9999");
        (await machine.RunAsync("sh", "-c", "ls /run/wireguard-conf /var/lib/other.db; ls /etc/wireguard; ss -Hltn '! sport = :9000'"))
            .ShouldBe("/var/lib/other.db\n\n/run/wireguard-conf:\nwg_alpha.conf\n");
    }
}
