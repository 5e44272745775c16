using System.Globalization;

namespace WgFleet.SystemTests.Harness;

/// <summary>The built server, running in a gateway.</summary>
internal sealed class Server(Machine machine, params string[] arguments)
{
    /// <summary>The executable under test: the one that was built beside these tests, or what WG_FLEET_EXECUTABLE names.</summary>
    public static string Executable { get; } = Environment.GetEnvironmentVariable("WG_FLEET_EXECUTABLE")
        ?? Path.GetFullPath(Path.Combine(
            AppContext.BaseDirectory, "../../WgFleet", new DirectoryInfo(AppContext.BaseDirectory).Name, "wg-fleet"));

    // What these tests are run by may ignore signals (nohup, a job in the background), and its children would, too.
    public RunningProcess Process { get; } = machine.Start([Executable, .. arguments]);

    /// <summary>Standard output and standard error so far.</summary>
    public string Log => Process.Output + Process.Error;

    /// <summary>Waits until the server has logged this text.</summary>
    public Task LogsAsync(string text) => Deadline.UntilAsync($"the server logs '{text}'", () => Log.Contains(text, StringComparison.Ordinal));

    /// <summary>Waits until the server answers that it is ready.</summary>
    public Task ReadyAsync(int port = 8000) => Deadline.UntilAsync("the server is ready", async () =>
    {
        if (Process.Exited.IsCompleted)
            Assert.Fail($"the server ended with {await Process.Exited}:\n{Log}");

        return (await machine.SendAsync(HttpMethod.Get, $"http://127.0.0.1:{port}/readyz")).Status == 200;
    });

    /// <summary>Sends a signal to the server itself, which is a child of the process that entered the machine.</summary>
    public void Signal(int signal) => RunningProcess.Signal(Pid(), signal);

    /// <summary>Ends the server as systemd does, and returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        Signal(Signals.Terminate);
        return (await Process.FinishedAsync()).ExitCode;
    }

    /// <summary>kill -9: it has no time for anything.</summary>
    public async Task KillAsync()
    {
        Signal(Signals.Kill);
        await Process.FinishedAsync();
    }

    private int Pid() => Directory.EnumerateDirectories("/proc")
        .Select(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
        .Where(pid => pid > 0)
        .First(pid => ParentOf(pid) == Process.Pid);

    private static int ParentOf(int pid)
    {
        try
        {
            // "pid (name) state parent …", and a name may hold anything.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
