using System.Text;
using WgFleet.Hooks.Programs;
using WgFleet.Http.Api;
using WgFleet.Linux;

namespace WgFleet.Cli.Ssh;

/// <summary>Runs one command on one machine by ssh(1), without a terminal and without input.</summary>
/// <param name="timeout">How long ssh may take, with the log-in.</param>
/// <param name="output">Gets each line of the output: the machine, the line, and whether it is of the error output. Called on other threads.</param>
internal sealed class RemoteCommand(TimeSpan timeout, Action<ClientInfo, string, bool> output)
{
    /// <summary>Bytes of a line; what is longer is cut.</summary>
    private const int LongestLine = 64 * 1024;

    /// <summary>ssh(1): its exit code for its own errors.</summary>
    private const int SshFailed = 255;

    /// <summary>Runs ssh to its end. Cancelling kills it.</summary>
    /// <param name="client">The machine.</param>
    /// <param name="arguments">The arguments of ssh, its own name first.</param>
    /// <param name="cancellationToken">Kills ssh.</param>
    /// <exception cref="IOException">ssh cannot be started.</exception>
    /// <exception cref="OperationCanceledException">It was killed.</exception>
    public async Task<RunResult> RunAsync(ClientInfo client, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var lastError = "";
        using var input = File.OpenHandle("/dev/null");
        using var pipes = new ProgramOutput();
        var lines = new Lines(text => output(client, text, false));
        var errors = new Lines(text =>
        {
            lastError = text;
            output(client, text, true);
        });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);

        var child = ExecChild.Start(SystemCommand.Find(arguments[0]), arguments, SystemCommand.OurEnvironment(), input, pipes.OutputEnd, error: pipes.ErrorEnd);
        pipes.Start("ssh", lines.Add, errors.Add);
        var timedOut = false;
        try
        {
            await child.Ended.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            timedOut = !cancellationToken.IsCancellationRequested;
            child.KillSession();
            await child.Ended;
        }

        var status = child.Reap();
        await Task.WhenAny(pipes.Ended, Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None));
        pipes.Leave();
        await pipes.Ended;
        cancellationToken.ThrowIfCancellationRequested();
        lines.End();
        errors.End();
        var connected = status.Code is not SshFailed;
        return RunResult.Of(client) with
        {
            Failure = timedOut ? $"not done after {Config.Duration.ToText(timeout)}" : !connected ? "ssh failed" : status.Code == 0 ? null : status.ToString(),
            ExitCode = timedOut || !connected ? null : status.Code,
            Seconds = Math.Round(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 3),
            LastError = lastError,
        };
    }

    /// <summary>Whole lines of one output, as text.</summary>
    private sealed class Lines
    {
        private readonly LineSplitter _splitter;
        private bool _isOpen;

        public Lines(Action<string> onLine)
        {
            void PassOn(ReadOnlySpan<byte> line) => onLine(Encoding.UTF8.GetString(line));
            _splitter = new LineSplitter(LongestLine, PassOn, PassOn);
        }

        public void Add(ReadOnlySpan<byte> bytes)
        {
            _splitter.Add(bytes);
            _isOpen = bytes[^1] != (byte)'\n';
        }

        /// <summary>Passes on the last line if no line break ends it.</summary>
        public void End()
        {
            if (_isOpen)
                _splitter.Add("\n"u8);
        }
    }
}
