using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace WgFleet.SystemTests.Harness;

/// <summary>A process that a test started, with all it has printed so far.</summary>
internal sealed partial class RunningProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    private RunningProcess(Process process)
    {
        _process = process;
        Exited = FinishAsync(Task.WhenAll(CopyAsync(process.StandardOutput, _output), CopyAsync(process.StandardError, _error)));
    }

    /// <summary>Ends with the exit code; 128 and the signal's number for one that was killed.</summary>
    public Task<int> Exited { get; }

    public int Pid => _process.Id;

    public string Output => Text(_output);

    public string Error => Text(_error);

    /// <summary>The process writes here; closing it is end of file to the process.</summary>
    public StreamWriter Input => _process.StandardInput;

    public static RunningProcess Start(params IEnumerable<string> command)
    {
        var parts = command.ToList();
        var start = new ProcessStartInfo(parts[0], parts.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new RunningProcess(Process.Start(start)!);
    }

    /// <summary>Runs a command to its end, whatever that is.</summary>
    public static async Task<Finished> RunAsync(IEnumerable<string> command, string input = "")
    {
        await using var process = Start(command);
        await process.Input.WriteAsync(input);
        process.Input.Close();
        return await process.FinishedAsync();
    }

    /// <summary>Waits for the end of a process that should come to one by itself.</summary>
    /// <param name="within">How long that may take; as long as a hang if it is not said.</param>
    public async Task<Finished> FinishedAsync(TimeSpan? within = null)
    {
        try
        {
            var code = await Exited.WaitAsync(within ?? Deadline.Hang, TestContext.Current.CancellationToken);
            return new Finished(code, Output, Error);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{_process.StartInfo.FileName} does not end; it printed:\n{Output}{Error}");
        }
    }

    /// <summary>Sends a signal to the process itself.</summary>
    public void Signal(int signal) => Signal(Pid, signal);

    public static void Signal(int pid, int signal)
    {
        if (Kill(pid, signal) != 0)
            throw new InvalidOperationException($"cannot send signal {signal} to process {pid}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _ = Kill(Pid, Signals.Kill);

        await Exited;
        _process.Dispose();
    }

    private async Task<int> FinishAsync(Task read)
    {
        await _process.WaitForExitAsync();

        // A daemon that the process left behind may hold its output open for ever.
        await Task.WhenAny(read, Task.Delay(TimeSpan.FromSeconds(2)));
        return _process.ExitCode;
    }

    private static async Task CopyAsync(StreamReader from, StringBuilder to)
    {
        var buffer = new char[4096];
        while (await from.ReadAsync(buffer) is > 0 and var read)
        {
            lock (to)
                to.Append(buffer, 0, read);
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}

/// <summary>How a command ended.</summary>
internal sealed record Finished(int ExitCode, string Output, string Error)
{
    /// <summary>Its output, for a command that must not fail.</summary>
    public string Succeeded(string command) =>
        ExitCode == 0 ? Output : throw new InvalidOperationException($"{command}: exit code {ExitCode}\n{Output}{Error}");
}

/// <summary>The signals that tests send.</summary>
internal static class Signals
{
    public const int HangUp = 1;
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
}
