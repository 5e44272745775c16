using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using WgFleet.Benchmarks.Load;

namespace WgFleet.Benchmarks.Gateways;

/// <summary>A server under load: another process, whose use of the machine is counted apart from ours.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private const int InterruptSignal = 2;
    private const int Terminate = 15;
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _log;

    private ServerProcess(Process process, string log)
    {
        _process = process;
        _log = log;
    }

    /// <summary>When it was started, as <see cref="Stopwatch.GetTimestamp"/> counts.</summary>
    public long Started { get; private init; }

    public int Id => _process.Id;

    public ProcessUsage Usage => ProcessUsage.Of(_process.Id);

    /// <summary>Starts a command whose output goes to a file.</summary>
    public static ServerProcess Start(IEnumerable<string> command, string log, params IEnumerable<(string Name, string Value)> environment)
    {
        // The shell gives way to the command, so that the process id stays; a pipe would have us read what it logs while we measure.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >>\"$0\" 2>&1", log, .. command]);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        var now = Stopwatch.GetTimestamp();
        return new ServerProcess(Process.Start(start)!, log) { Started = now };
    }

    /// <summary>Waits for its first good answer; returns the time since it was started.</summary>
    /// <exception cref="IOException">It ended, answered with an error, or not at all.</exception>
    public async Task<TimeSpan> AnswersAsync(IPEndPoint at, byte[] request, CancellationToken cancellationToken)
    {
        while (Stopwatch.GetElapsedTime(Started) < Hang)
        {
            if (_process.HasExited)
                throw new IOException($"the server ended with exit code {_process.ExitCode}: {LastWords()}");

            try
            {
                using var connection = HttpConnection.Open(at);
                var status = connection.Send(request);
                return status == 200 ? Stopwatch.GetElapsedTime(Started) : throw new IOException($"its first answer has status {status}: {LastWords()}");
            }
            catch (SocketException)
            {
                await Task.Delay(2, cancellationToken);
            }
        }

        throw new IOException($"no answer within {Hang.TotalSeconds:0} s: {LastWords()}");
    }

    /// <summary>What it has logged at level warning and above.</summary>
    public IReadOnlyList<string> Complaints() => !File.Exists(_log) ? []
        : [.. File.ReadLines(_log).Where(l => l.Contains(" warn: ", StringComparison.Ordinal) || l.Contains(" fail: ", StringComparison.Ordinal) || l.Contains(" crit: ", StringComparison.Ordinal))];

    /// <summary>Ends it as systemd does, and waits for that.</summary>
    public async Task StopAsync()
    {
        if (_process.HasExited)
            return;

        if (Kill(_process.Id, Terminate) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());

        await _process.WaitForExitAsync().WaitAsync(Hang);
    }

    /// <summary>Ends a program as Ctrl-C does, without waiting.</summary>
    public static void Interrupt(int pid) => _ = Kill(pid, InterruptSignal);

    /// <summary>kill -9: it has no time for anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Hang);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        finally
        {
            if (!_process.HasExited)
                _process.Kill();

            _process.Dispose();
        }
    }

    private string LastWords() => File.Exists(_log) ? string.Join(" / ", File.ReadLines(_log).TakeLast(3)) : "";

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
