using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests;

/// <summary>./run, which works on the machine of the tests itself, with names, ports and addresses that nobody else has.</summary>
public sealed partial class RunScriptTests
{
    private static readonly string Repository = Root(AppContext.BaseDirectory);

    [Theory]
    [InlineData(Signals.Interrupt)]
    [InlineData(Signals.Terminate)]
    public async Task Five_machines_join_and_nothing_is_left_after_the_signal(int signal)
    {
        await using var run = Start(Server.Executable);
        await ReadyAsync(run);

        var (folder, url, fleet) = (Found(Folder(), run), Found(Dashboard(), run), Found(Fleet(), run));
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var page = await http.GetStringAsync($"{url}/fleet/{fleet}", TestContext.Current.CancellationToken);
        page.ShouldContain("Active Clients (5)");
        foreach (var hostname in new[] { "excavator", "excavator--2", "excavator--3", "crane", "loader" })
        {
            page.ShouldMatch($@">\s*{hostname}\s*<");
            File.ReadAllText($"{folder}/hosts").ShouldContain($" {hostname}.{fleet}.fleet.test\n");
            run.Output.ShouldContain($"{hostname}.{fleet}.fleet.test");
        }

        var processes = ProcessesOf(folder, fleet);
        var cables = Interfaces().Where(i => i.StartsWith($"wgf-{Tag(folder)}", StringComparison.Ordinal)).ToList();
        cables.Count.ShouldBe(6);
        processes.Count.ShouldBeGreaterThan(5);

        run.Signal(signal);

        (await run.FinishedAsync()).ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldBe("");
        run.Output.ShouldEndWith("ended, nothing is left\n");
        Interfaces().ShouldNotContain($"wg_{fleet}");
        Interfaces().Intersect(cables).ShouldBeEmpty();
        ProcessesOf(folder, fleet).ShouldBeEmpty();
        processes.Where(IsAlive).ShouldBeEmpty();
        File.Exists($"/var/run/wireguard/wg_{fleet}.sock").ShouldBeFalse();
        Directory.Exists(folder).ShouldBeFalse();
    }

    [Fact]
    public async Task Without_the_demonstration_it_is_a_server_that_registers_machines_and_ends_by_itself()
    {
        await using var run = Start(Server.Executable, "--no-demo", "--for", "20");
        await ReadyAsync(run);

        var (folder, url, fleet) = (Found(Folder(), run), Found(Dashboard(), run), Found(Fleet(), run));
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var answer = await http.PostAsync($"{url}/fleet/{fleet}/register", null, TestContext.Current.CancellationToken);
        answer.IsSuccessStatusCode.ShouldBeTrue();

        (await run.FinishedAsync()).ExitCode.ShouldBe(0, run.Error);
        Interfaces().ShouldNotContain($"wg_{fleet}");
        Directory.Exists(folder).ShouldBeFalse();
    }

    [Fact]
    public async Task With_PostgreSQL_the_five_machines_are_in_a_database_that_is_gone_afterwards()
    {
        await using var run = Start(Server.Executable, "--postgres");
        await ReadyAsync(run);

        // The command that it shows, as its reader types it.
        var command = Found(Psql(), run);
        var directory = Found(PostgresDirectory(), run);
        File.GetUnixFileMode(directory).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var clients = await RunningProcess.RunAsync(["sh", "-c", command]);
        clients.ExitCode.ShouldBe(0, clients.Error);
        foreach (var hostname in new[] { "excavator", "excavator--2", "excavator--3", "crane", "loader" })
            clients.Output.ShouldMatch($@"(?m)^ {hostname} +\| fd");

        var (folder, fleet) = (Found(Folder(), run), Found(Fleet(), run));
        File.Exists(Path.Combine(folder, "clients.db")).ShouldBeFalse();
        var processes = ProcessesOf(folder, fleet).Union(ProcessesOf(directory, fleet)).ToList();
        processes.Select(CommandLine).ShouldContain(line => line.Contains("/bin/postgres -D ", StringComparison.Ordinal));

        run.Signal(Signals.Interrupt);

        (await run.FinishedAsync()).ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldBe("");
        run.Output.ShouldEndWith("ended, nothing is left\n");
        processes.Where(IsAlive).ShouldBeEmpty();
        Directory.Exists(directory).ShouldBeFalse();
        Directory.Exists(folder).ShouldBeFalse();
    }

    [Fact]
    public async Task PostgreSQL_ends_with_a_run_that_is_killed_and_the_next_run_removes_its_files()
    {
        await using var run = Start(Server.Executable, "--postgres", "--no-demo");
        await ReadyAsync(run);
        var (directory, folder, fleet) = (Found(PostgresDirectory(), run), Found(Folder(), run), Found(Fleet(), run));
        var processes = ProcessesOf(folder, fleet).Union(ProcessesOf(directory, fleet)).Where(p => CommandLine(p).Contains("postgres", StringComparison.Ordinal)).ToList();
        processes.ShouldNotBeEmpty();

        run.Signal(Signals.Kill);

        await Deadline.UntilAsync("PostgreSQL has ended", () => !processes.Exists(IsAlive));
        await using var next = Start("/bin/false");
        (await next.FinishedAsync()).ExitCode.ShouldBe(1);
        Directory.Exists(directory).ShouldBeFalse();
        Directory.Exists(folder).ShouldBeFalse();
        Directory.Delete(Logs().Match(next.Error).Groups[1].Value, recursive: true);
    }

    [Fact]
    public async Task A_server_that_does_not_start_leaves_only_its_log_directory()
    {
        await using var run = Start("/bin/false");

        var finished = await run.FinishedAsync();

        finished.ExitCode.ShouldBe(1);
        finished.Error.ShouldContain("run: the server did not start\n");
        var folder = Logs().Match(finished.Error).Groups[1].Value;
        Directory.Exists(folder).ShouldBeTrue(finished.Error);
        Directory.Delete(folder, recursive: true);
        Interfaces().ShouldNotContain(i => i.StartsWith($"wgf-{Tag(folder)}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--fro")]
    [InlineData("--for")]
    [InlineData("--for", "ever")]
    public async Task An_unknown_option_of_the_run_script_runs_nothing(params string[] arguments)
    {
        await using var run = Start("/bin/false", arguments);

        (await run.FinishedAsync()).ExitCode.ShouldBeInRange(1, 2);
        run.Error.ShouldContain("--for");
        run.Output.ShouldBe("");
    }

    private static RunningProcess Start(string executable, params string[] arguments) =>
        RunningProcess.Start(["env", $"WG_FLEET_EXECUTABLE={executable}", $"{Repository}/run", .. arguments]);

    private static Task ReadyAsync(RunningProcess run) => Deadline.UntilAsync("./run says that all is up", () =>
    {
        if (run.Exited.IsCompleted)
            Assert.Fail($"./run ended:\n{run.Output}{run.Error}");

        return run.Output.Contains("with Ctrl-C", StringComparison.Ordinal);
    });

    private static string Found(Regex pattern, RunningProcess run) =>
        pattern.Match(run.Output) is { Success: true } match ? match.Groups[1].Value : throw new InvalidOperationException($"no {pattern} in:\n{run.Output}");

    private static string Tag(string folder) => folder[(folder.LastIndexOf('-') + 1)..];

    private static List<string> Interfaces() => [.. Directory.EnumerateDirectories("/sys/class/net").Select(d => Path.GetFileName(d))];

    /// <summary>The server, the userspace WireGuard of its fleet, and all that runs in its machines.</summary>
    private static List<int> ProcessesOf(string folder, string fleet)
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var pid) ? pid : 0).Where(pid => pid > 0).ToList();
        var ours = all.Where(p => CommandLine(p) is var line && (line.Contains(folder, StringComparison.Ordinal) || line.EndsWith($" wg_{fleet}", StringComparison.Ordinal))).ToList();
        var networks = ours.Select(Network).Where(n => n is not null && n != Network(Environment.ProcessId)).ToHashSet();
        return [.. ours.Union(all.Where(p => networks.Contains(Network(p))))];
    }

    // One that has ended, but whose parent has not noticed yet, has no command line.
    private static bool IsAlive(int pid) => CommandLine(pid).Length > 0;

    private static string CommandLine(int pid)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/cmdline")).TrimEnd('\0').Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string? Network(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/ns/net").LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string Root(string below) => File.Exists(Path.Combine(below, "WgFleet.slnx")) ? below : Root(Path.GetDirectoryName(below)!);

    [GeneratedRegex(@"other files +(\S+)")]
    private static partial Regex Folder();

    [GeneratedRegex(@"dashboard +(http://\S+)/\n")]
    private static partial Regex Dashboard();

    [GeneratedRegex(@"/fleet/([a-z0-9]+)")]
    private static partial Regex Fleet();

    [GeneratedRegex(@"(psql -h .+?)  +#")]
    private static partial Regex Psql();

    [GeneratedRegex(@"psql -h (\S+)")]
    private static partial Regex PostgresDirectory();

    [GeneratedRegex(@"the logs are in (\S+)")]
    private static partial Regex Logs();
}
