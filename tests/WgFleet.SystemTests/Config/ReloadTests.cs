using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Config;

/// <summary>SIGHUP, which is what <c>systemctl reload</c> sends: the server goes on with what the file says now, and nobody is turned away.</summary>
public class ReloadTests
{
    private const string Beta = """
          beta: {ip6: "fd00:b::1", subnet: "fd00:b::/64", external_ip: 10.201.0.1, port: 51821}

        """;

    [Fact]
    public async Task A_reload_adds_and_removes_fleets_and_hooks_while_requests_are_answered_and_tunnels_stay_up()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var client = await lan.AddClientAsync();
        await client.JoinAsync(gateway);
        await client.PingAsync("stays");
        using var done = new CancellationTokenSource();
        var asking = AskAsync(gateway, done.Token);

        await ReloadAsync(gateway, Gateway.Alpha + Beta + "prometheus_port: 9200\n", 1);
        var beta = await gateway.RegisterAsync("beta");
        (await gateway.PeersAsync("wg_beta")).Values.ShouldBe([$"{beta.Address}/128"]);
        gateway.TargetsFile.ShouldContain(":9200");
        (await client.PingAsync("stays")).Status.ShouldBe(200);

        await ReloadAsync(gateway, Gateway.Alpha, 2);
        (await gateway.ForwardAsync("/fleet/beta/register", "10.201.0.9")).Status.ShouldBe(404);
        await gateway.Server.LogsAsync("Fleet beta is not in the config");
        gateway.TargetsFile.ShouldNotContain(":9200");
        (await client.PingAsync("renamed")).Status.ShouldBe(200);
        gateway.HostsFile.ShouldBe($"{client.Registration.Address} renamed.alpha.example.net\n");

        await done.CancelAsync();
        (await asking).ShouldBeGreaterThan(10);
        (await gateway.Server.StopAsync()).ShouldBe(0, gateway.Server.Log);
    }

    [Fact]
    public async Task A_file_of_somebody_else_is_refused_at_a_reload_and_what_appears_later_is_not_overwritten_either()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        await gateway.Machine.RunAsync("sh", "-c", "echo '127.0.0.1 localhost' > /var/lib/hosts");

        await File.WriteAllTextAsync(gateway.ConfigFile, Gateway.Alpha + "hosts_file: /var/lib/hosts\n", TestContext.Current.CancellationToken);
        var refused = await gateway.RunAsync("reload", "--config", gateway.ConfigFile);

        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldContain("hosts_file: /var/lib/hosts exists and was not written by wg-fleet");
        (await gateway.Machine.RunAsync("cat", "/var/lib/hosts")).ShouldBe("127.0.0.1 localhost\n");

        // A file that comes with a file system that is mounted later, for example.
        await ReloadAsync(gateway, Gateway.Alpha + "hosts_file: /var/lib/later/hosts\n", 1);
        await gateway.Machine.RunAsync("sh", "-c", "mkdir /var/lib/draft; echo '127.0.0.1 localhost' > /var/lib/draft/hosts; mv /var/lib/draft /var/lib/later");
        await gateway.RegisterAsync();
        await gateway.Server.LogsAsync("/var/lib/later/hosts exists and was not written by wg-fleet");
        (await gateway.Machine.RunAsync("cat", "/var/lib/later/hosts")).ShouldBe("127.0.0.1 localhost\n");

        // Our own file is ours at the next start, whatever its name, and what others have added to it is kept.
        await ReloadAsync(gateway, Gateway.Alpha + "hosts_file: /var/lib/ours\n", 2);
        (await gateway.PingForAsync(await gateway.RegisterAsync(), "a1")).Status.ShouldBe(200);
        await gateway.Server.KillAsync();
        await gateway.Machine.RunAsync("sh", "-c", "echo edited >> /var/lib/ours");
        await gateway.StartAsync(Gateway.Alpha + "hosts_file: /var/lib/ours\n");
        (await gateway.Machine.RunAsync("cat", "/var/lib/ours")).ShouldNotContain("edited");
        (await gateway.Machine.RunAsync("cat", "/var/lib/.ours.before")).ShouldContain("edited");
        await gateway.Server.LogsAsync("/var/lib/ours may have been changed by somebody else: what it held is kept as /var/lib/.ours.before");

        // After a stop it is known what we wrote.
        (await gateway.Server.StopAsync()).ShouldBe(0, gateway.Server.Log);
        (await gateway.RunAsync("check", "--config", gateway.ConfigFile)).ExitCode.ShouldBe(0);
        await gateway.Machine.RunAsync("sh", "-c", "echo '127.0.0.1 localhost' > /var/lib/ours");
        var changed = await gateway.RunAsync("check", "--config", gateway.ConfigFile);
        changed.ExitCode.ShouldNotBe(0);
        changed.Error.ShouldContain("hosts_file: /var/lib/ours was changed after wg-fleet had stopped");
    }

    [Fact]
    public async Task A_reload_with_an_invalid_file_changes_nothing_and_logs_what_is_wrong()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var client = await gateway.RegisterAsync();

        await File.WriteAllTextAsync(gateway.ConfigFile, Gateway.Alpha.Replace("30m", "soon", StringComparison.Ordinal) + Beta, TestContext.Current.CancellationToken);
        gateway.Server.Signal(Signals.HangUp);

        await gateway.Server.LogsAsync("Nothing was changed");
        await gateway.Server.LogsAsync("wg-fleet.yaml:2: prune_timeout: ");
        (await gateway.ForwardAsync("/fleet/beta/register", "10.201.0.9")).Status.ShouldBe(404);
        (await gateway.PingForAsync(client, "same")).Status.ShouldBe(200);

        await ReloadAsync(gateway, Gateway.Alpha + Beta, 1);
        (await gateway.ForwardAsync("/fleet/beta/register", "10.201.0.9")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_new_fleet_that_does_not_come_up_is_down_alone()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        var client = await gateway.RegisterAsync();
        await gateway.Machine.RunAsync("sh", "-c", "echo nonsense > /etc/wireguard/wg_beta.conf");

        await File.WriteAllTextAsync(gateway.ConfigFile, Gateway.Alpha + Beta, TestContext.Current.CancellationToken);
        gateway.Server.Signal(Signals.HangUp);

        await gateway.Server.LogsAsync("Fleet beta is down and will be tried again: /etc/wireguard/wg_beta.conf has no valid PrivateKey");
        (await gateway.PingForAsync(client, "same")).Status.ShouldBe(200);
        gateway.HostsFile.ShouldBe($"{client.Address} same.alpha.example.net\n");
    }

    [Fact]
    public async Task A_reload_names_the_keys_that_need_a_restart_and_changes_the_others()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();

        await ReloadAsync(gateway, Gateway.Alpha + Beta + "listen: [127.0.0.1:8001]\ndatabase: /var/lib/wg-fleet/other.db\nadmin_socket: /run/other.sock\n", 1);

        foreach (var key in new[] { "listen", "database", "admin_socket" })
            await gateway.Server.LogsAsync($"{key} has changed in the configuration, which needs a restart");

        (await gateway.ForwardAsync("/fleet/beta/register", "10.201.0.9")).Status.ShouldBe(200);
        (await gateway.SqlAsync("SELECT count(*) FROM clients")).ShouldBe("1");
    }

    [Fact]
    public async Task Many_reloads_at_once_and_then_a_stop_end_with_exit_code_0()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();

        for (var i = 0; i < 20; i++)
            gateway.Server.Signal(Signals.HangUp);

        (await gateway.Server.StopAsync()).ShouldBe(0, gateway.Server.Log);
    }

    private static async Task ReloadAsync(Gateway gateway, string config, int reloads)
    {
        await File.WriteAllTextAsync(gateway.ConfigFile, config, TestContext.Current.CancellationToken);
        gateway.Server.Signal(Signals.HangUp);
        await Deadline.UntilAsync("it has begun anew", async () =>
            (await gateway.SqlAsync("SELECT count(*) FROM events WHERE type = 'startup'")) == $"{reloads + 1}");
        await gateway.Server.ReadyAsync();
    }

    /// <summary>Asks without a pause, each time by a new connection; returns how often it was answered.</summary>
    private static async Task<int> AskAsync(Gateway gateway, CancellationToken until)
    {
        var answers = 0;
        while (!until.IsCancellationRequested)
        {
            (await gateway.Machine.SendAsync(HttpMethod.Get, "http://127.0.0.1:8000/healthz")).Status.ShouldBe(200);
            answers++;
        }

        return answers;
    }
}
