using System.Text.Json;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Rehearsals;

/// <summary>An operator rehearses a contest on the gateway that serves another fleet at the same time, and leaves nothing behind.</summary>
public sealed class RehearsalTests : IAsyncLifetime
{
    // Hooks that would be noticed: a program that writes into a directory of the machine, a webhook, a file.
    private const string Config = Gateway.Alpha + """
        hooks:
          list:
            - {name: note, exec: {command: /usr/bin/touch, args: [/var/lib/wg-fleet/noted], user: root}}
            - {name: follow, stream: {command: /usr/bin/false}}
            - {name: chat, webhook: {url: "http://10.201.0.9/"}}
            - {name: list, template: {file: csv, path: "/var/lib/wg-fleet/{fleet}.csv"}}

        """;

    private Lan _lan = null!;
    private Gateway _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _lan = await Lan.CreateAsync();
        _gateway = await _lan.AddGatewayAsync();
    }

    public ValueTask DisposeAsync() => _lan.DisposeAsync();

    [Fact]
    public async Task Fifty_machines_survive_clones_an_outage_and_a_killed_gateway_and_the_real_one_notices_nothing()
    {
        await _gateway.StartAsync();
        var client = await _gateway.RegisterAsync();
        await _gateway.PingForAsync(client, "real");
        await File.WriteAllTextAsync(_gateway.ConfigFile, Config);
        var before = await StateAsync();

        var run = await _gateway.RunAsync(
            "--config", _gateway.ConfigFile, "rehearse", "ALPHA", "--machines", "50", "--boot-in", "5s", "--clones", "4%", "--outage", "3s", "--kill-gateway", "--ping-every", "1s", "--json");

        (run.ExitCode, run.Error).ShouldBe((0, ""), run.Output);
        using var json = JsonDocument.Parse(run.Output);
        var report = json.RootElement;
        (Number("machines"), Number("joined"), Number("back"), Number("clones"), Number("split")).ShouldBe((50, 50, 50, 2, 2));
        Number("outage").ShouldBe(3);
        Number("restart").ShouldBeGreaterThan(0);
        report.GetProperty("away").GetProperty("longest").GetDouble().ShouldBeGreaterThan(3);
        var requests = report.GetProperty("requests").EnumerateArray().ToDictionary(r => r.GetProperty("kind").GetString()!, r => r);
        requests.Keys.ShouldBe(["register", "first ping", "ping"]);
        requests.Values.ShouldAllBe(r => r.GetProperty("p99").GetDouble() > 0 && r.GetProperty("failed").GetInt32() == 0);
        requests["register"].GetProperty("count").GetInt32().ShouldBeGreaterThanOrEqualTo(52);
        requests["ping"].GetProperty("refused").GetInt32().ShouldBeGreaterThanOrEqualTo(2);
        report.GetProperty("hooks").EnumerateArray().Select(h => h.GetProperty("name").GetString()).ShouldBe(["note", "follow", "chat", "list", "hosts_file", "prometheus_sd"], ignoreOrder: true);
        report.GetProperty("hooks").EnumerateArray().ShouldAllBe(h => h.GetProperty("dead_letters").GetInt32() == 0);
        (await StateAsync()).ShouldBe(before);

        double Number(string name) => report.GetProperty(name).GetDouble();
    }

    [Theory]
    [InlineData(Signals.Kill)]
    [InlineData(Signals.Interrupt)]
    [InlineData(Signals.Terminate)]
    [InlineData(Signals.HangUp)]
    public async Task Nothing_is_left_of_a_rehearsal_whose_command_is_ended(int signal)
    {
        await File.WriteAllTextAsync(_gateway.ConfigFile, Config);
        var before = await StateAsync();
        await using var command = _gateway.Machine.Start(Server.Executable, "--config", _gateway.ConfigFile, "rehearse", "alpha", "--boot-in", "5m");
        await Deadline.UntilAsync("the rehearsal runs", () => command.Exited.IsCompleted || Disk().Any(f => f.EndsWith("/clients.db", StringComparison.Ordinal)));
        command.Exited.IsCompleted.ShouldBeFalse(command.Error);

        // The oldest: this one's own child and those below have the same words.
        await _gateway.Machine.RunAsync("sh", "-c", $"kill -{signal} $(pgrep -o -f '{Server.Executable} --config .* rehearse alpha')");
        await command.FinishedAsync();

        await Deadline.UntilAsync("nothing is left", async () => await StateAsync() == before);
        if (signal is Signals.Interrupt or Signals.Terminate)
            command.Error.ShouldBe("wg-fleet: interrupted; nothing of the rehearsal is left\n");
    }

    [Fact]
    public async Task What_a_loss_of_power_left_is_removed_by_the_next_rehearsal()
    {
        await File.WriteAllTextAsync(_gateway.ConfigFile, Config);
        var before = await StateAsync();
        var left = Directory.CreateDirectory(Path.Combine(_gateway.Machine.Disk, $"var-lib/wg-fleet/rehearsal-{Guid.NewGuid():N}")).FullName;
        await File.WriteAllTextAsync(Path.Combine(left, "lock"), "");
        await File.WriteAllTextAsync(Path.Combine(left, "clients.db"), "");

        var run = await _gateway.RunAsync("--config", _gateway.ConfigFile, "rehearse", "alpha", "--machines", "1", "--boot-in", "0s", "--ping-every", "1s");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldStartWith("1 of 1 machine joined alpha; 1 were in at the end");
        (await StateAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task What_cannot_be_rehearsed_is_refused_in_one_line()
    {
        await File.WriteAllTextAsync(_gateway.ConfigFile, Config);

        (await RunAsync("rehearse", "gamma")).ShouldBe(new Finished(1, "", "wg-fleet: there is no fleet 'gamma'; there are: alpha\n"));
        (await RunAsync("rehearse", "alpha", "--inside", "/tmp")).ShouldBe(new Finished(1, "", "wg-fleet: only wg-fleet rehearse itself may use --inside\n"));
        (await RunAsync("rehearsal-gateway", "alpha", "/tmp")).ShouldBe(new Finished(1, "", "wg-fleet: only wg-fleet rehearse may run this\n"));
        (await _gateway.Machine.TryRunAsync("setpriv", "--reuid=65534", "--clear-groups", Server.Executable, "--config", _gateway.ConfigFile, "rehearse", "alpha"))
            .ShouldBe(new Finished(1, "", "wg-fleet: a rehearsal runs in namespaces of its own, which only root may make; use sudo\n"));

        Task<Finished> RunAsync(params string[] arguments) => _gateway.RunAsync(["--config", _gateway.ConfigFile, .. arguments]);
    }

    /// <summary>All that a rehearsal could leave or change: processes, interfaces, mounts, files, clients and events of the real gateway.</summary>
    private async Task<string> StateAsync() => string.Join('\n',
    [
        (await _gateway.Machine.TryRunAsync("pgrep", "-a", "-f", "rehears|wireguard-go")).Output,
        await _gateway.Machine.RunAsync("sh", "-c", "ip -o link | cut -d: -f2; cat /proc/self/mountinfo | cut -d' ' -f 4-6; wg show all peers 2>/dev/null"),
        .. Disk().Where(f => !f.EndsWith("-wal", StringComparison.Ordinal) && !f.EndsWith("-shm", StringComparison.Ordinal)),
        File.Exists(_gateway.Database) ? await _gateway.SqlAsync("SELECT hostname FROM clients; SELECT count(*) FROM events") : "",
        File.Exists(_gateway.Machine.Seen("/run/wg_fleet_hosts")) ? _gateway.HostsFile : "",
    ]);

    private IEnumerable<string> Disk() => Directory.EnumerateFileSystemEntries(_gateway.Machine.Disk, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
}
