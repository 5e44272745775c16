using System.Diagnostics;
using System.Runtime.InteropServices;

namespace WgFleet.SystemTests.Harness;

/// <summary>
/// A process that a test started, with everything it has printed so far. It prints into files, so all of its output is there as soon as it has
/// ended, even when a daemon that it left behind keeps the files open.
/// </summary>
internal sealed partial class RunningProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _directory;

    private RunningProcess(Process process, string directory)
    {
        (_process, _directory) = (process, directory);
        Exited = ExitCodeAsync();
    }

    /// <summary>Ends with the exit code; 128 plus the signal's number for a process that was killed.</summary>
    public Task<int> Exited { get; }

    public int Pid => _process.Id;

    public string Output => Read("out");

    public string Error => Read("err");

    /// <summary>The process's standard input; closing it is end of file to the process.</summary>
    public StreamWriter Input => _process.StandardInput;

    public static RunningProcess Start(params IEnumerable<string> command)
    {
        // The shell replaces itself by the command, which keeps its process id. What started the tests may ignore signals, as a shell
        // does with SIGINT for a job in the background; the command must not.
        var directory = Directory.CreateTempSubdirectory("wg-fleet-process-").FullName;
        const string intoFiles = """cd=$1; shift; exec env --default-signal "$@" >"$cd/out" 2>"$cd/err" """;
        var start = new ProcessStartInfo("sh", ["-c", intoFiles, "sh", directory, .. command]) { RedirectStandardInput = true };
        return new RunningProcess(Process.Start(start)!, directory);
    }

    /// <summary>Runs a command until it ends, with any exit code.</summary>
    public static async Task<Finished> RunAsync(IEnumerable<string> command, string input = "")
    {
        await using var process = Start(command);
        await process.Input.WriteAsync(input);
        process.Input.Close();
        return await process.FinishedAsync();
    }

    /// <summary>Waits for a process that ends by itself.</summary>
    /// <param name="within">The longest that it may take; <see cref="Deadline.Hang"/> by default.</param>
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
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>What is in the file; nothing before the shell has made it.</summary>
    private string Read(string name)
    {
        try
        {
            using var file = new StreamReader(new FileStream(Path.Combine(_directory, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return file.ReadToEnd();
        }
        catch (IOException e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return "";
        }
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
    public const int Continue = 18;
    public const int Stop = 19;
}
