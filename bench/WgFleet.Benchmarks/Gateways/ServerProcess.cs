using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using WgFleet.Benchmarks.Load;

namespace WgFleet.Benchmarks.Gateways;

/// <summary>A server under load. It is a separate process, so that its processor time and memory can be measured separately.</summary>
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

    /// <summary>Throws if the server has ended.</summary>
    /// <exception cref="IOException">It has; the message has the end of its log.</exception>
    public void ThrowIfEnded()
    {
        if (_process.HasExited)
            throw new IOException($"the server ended with exit code {_process.ExitCode}: {LastWords()}");
    }

    public ProcessUsage Usage => ProcessUsage.Of(_process.Id);

    /// <summary>Starts a command whose output goes to a file.</summary>
    public static ServerProcess Start(IEnumerable<string> command, string log, params IEnumerable<(string Name, string Value)> environment)
    {
        // exec keeps the process id. The output goes to a file because we would have to read a pipe while we measure.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >>\"$0\" 2>&1", log, .. command]);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        var now = Stopwatch.GetTimestamp();
        return new ServerProcess(Process.Start(start)!, log) { Started = now };
    }

    /// <summary>Waits for the first answer with status 200; returns the time since the start.</summary>
    /// <exception cref="IOException">The server ended, answered with an error, or did not answer.</exception>
    public async Task<TimeSpan> AnswersAsync(IPEndPoint at, byte[] request, CancellationToken cancellationToken)
    {
        while (Stopwatch.GetElapsedTime(Started) < Hang)
        {
            ThrowIfEnded();
            try
            {
                using var connection = HttpConnection.Open(at);
                var status = connection.Send(request);
                return status == 200
                    ? Stopwatch.GetElapsedTime(Started)
                    : throw new IOException($"the server's first answer has status {status}: {LastWords()}");
            }
            catch (SocketException)
            {
                await Task.Delay(2, cancellationToken);
            }
        }

        throw new IOException($"no answer within {Hang.TotalSeconds:0} s: {LastWords()}");
    }

    /// <summary>The lines of the log at level warning and above.</summary>
    public IReadOnlyList<string> Complaints() => !File.Exists(_log) ? []
        : [.. File.ReadLines(_log).Where(l => l.Contains(" warn: ", StringComparison.Ordinal) || l.Contains(" fail: ", StringComparison.Ordinal)
            || l.Contains(" crit: ", StringComparison.Ordinal))];

    /// <summary>Ends the server with SIGTERM, as systemd does, and waits until it has ended.</summary>
    public async Task StopAsync()
    {
        if (_process.HasExited)
            return;

        if (Kill(_process.Id, Terminate) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());

        await _process.WaitForExitAsync().WaitAsync(Hang);
    }

    /// <summary>Sends SIGINT, as Ctrl-C does, and does not wait.</summary>
    public static void Interrupt(int pid) => _ = Kill(pid, InterruptSignal);

    /// <summary>Kills the server with SIGKILL.</summary>
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
