using System.IO.Pipes;
using WgFleet.Config;
using WgFleet.Hooks.Programs;
using WgFleet.Linux;

namespace WgFleet.Hooks.Deliveries.Exec;

/// <summary>
/// Runs a program for an event. The program gets the event's type as its last argument, the envelope on standard input, and
/// variables in its environment; its exit code is the result. A program that ends by itself may leave other processes running.
/// At the timeout its whole process group is ended; processes that have left the group (setsid) survive.
/// </summary>
/// <param name="name">The hook's name.</param>
/// <param name="config">The program, its arguments, user and timeout.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Gets the program's output at level Debug.</param>
/// <param name="maxAttempts">How many times an event is tried. After the end of the schedule it is tried once an hour.</param>
/// <param name="random">For the jitter of retries; null for the shared one.</param>
/// <param name="runs">Notes which programs run; null if nobody needs to know after a crash.</param>
internal sealed partial class ExecDelivery(
    string name, ExecConfig config, TimeProvider time, ILogger log, int maxAttempts = ProgramLadder.Attempts, Random? random = null,
    ProgramRuns? runs = null) : IDelivery
{
    /// <summary>The time between SIGTERM and SIGKILL.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>How long the output is still read after the program has ended: another process may keep it open for ever.</summary>
    public static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    // sysexits.h
    private const int TempFail = 75;
    private const int BadConfig = 78;

    private readonly ProgramCommand _command = CommandOf(config);
    private readonly Random _random = random ?? Random.Shared;

    /// <summary>Lists every reason why <paramref name="config"/> cannot run: the key below <c>exec</c>, and a sentence for the operator.</summary>
    public static IEnumerable<(string Key, string Text)> Problems(ExecConfig config) => CommandOf(config).Problems();

    /// <inheritdoc/>
    public TimeSpan? DelayBefore(int attempt) => ProgramLadder.Schedule.DelayBefore(attempt, maxAttempts, _random);

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> DeliverAsync(DeliveryAttempt attempt, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_command.UserProblem() is { } noUser)
            return new(DeliveryVerdict.Rejected) { Error = noUser };

        // Retry, because the operator may repair the file in the meantime.
        if (_command.Prepare([attempt.Event.Type], out var problem) is not { } command)
            return new(DeliveryVerdict.Retry) { Error = problem };

        try
        {
            var environment = ExecEnvironment.Of(name, attempt);
            if (attempt.Show is { } show)
            {
                show(string.Join(' ', command));
                environment.ToList().ForEach(show);
            }

            return await RunAsync(command, environment, attempt.Envelope, cancellationToken);
        }
        catch (IOException e)
        {
            return new(DeliveryVerdict.Retry) { Error = $"{config.Command} cannot be started: {e.Message}" };
        }
    }

    private static ProgramCommand CommandOf(ExecConfig config) => new(ExecConfig.Name, config.Command, config.Args, config.User);

    private async Task<DeliveryOutcome> RunAsync(
        IReadOnlyList<string> command, IReadOnlyList<string> environment, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken)
    {
        await using var input = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        await using var output = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        var child = ExecChild.Start(command[0], command, environment, input.ClientSafePipeHandle, output.ClientSafePipeHandle, runs);
        input.DisposeLocalCopyOfClientHandle();
        output.DisposeLocalCopyOfClientHandle();

        var tail = new OutputTail(line => Log.Said(log, name, line));
        using var leave = new CancellationTokenSource();
        var written = WriteAsync(input, envelope, leave.Token);
        var read = ReadAsync(output, tail, leave.Token);

        await WithinAsync(child.Ended, config.Timeout, cancellationToken);
        var inTime = child.Ended.IsCompleted;
        if (!inTime)
            await EndAsync(child, read);

        await WithinAsync(read, LastWords, inTime ? cancellationToken : CancellationToken.None);
        await leave.CancelAsync();
        await written;
        await read;
        tail.End();

        if (!child.Ended.IsCompleted)
        {
            child.ReapLater();
            Log.Unkillable(log, name, child.Id);
        }

        var status = child.Ended.IsCompleted ? child.Reap() : default;
        if (inTime)
            return OutcomeOf(status, tail);

        cancellationToken.ThrowIfCancellationRequested();
        return new(DeliveryVerdict.Retry)
        {
            Code = "timeout",
            Response = tail.Text,
            Error = With(tail.LastLine, $"took longer than {config.Timeout.TotalSeconds:0.###} s"),
        };
    }

    /// <summary>Ends the program and its process group: SIGTERM, then SIGKILL.</summary>
    private async Task EndAsync(ExecChild child, Task read)
    {
        child.SignalGroup(Interop.SigTerm);
        // The output ends when the last process of the group has ended. Nothing else tells us that.
        await WithinAsync(Task.WhenAll(child.Ended, read), Grace, CancellationToken.None);
        child.SignalGroup(Interop.SigKill);
        await WithinAsync(child.Ended, LastWords, CancellationToken.None);
    }

    private static DeliveryOutcome OutcomeOf(ExitStatus status, OutputTail tail) => new(status.Code switch
    {
        0 => DeliveryVerdict.Delivered,
        BadConfig => DeliveryVerdict.Rejected,
        _ => DeliveryVerdict.Retry,
    })
    {
        Code = status.ToString(),
        Response = tail.Text,
        Error = status.Code == 0 ? null : With(tail.LastLine, status.Code == TempFail ? "exit 75, to be tried again" : status.ToString()),
    };

    private static string With(string lastLine, string error) => lastLine.Length == 0 ? error : $"{error}: {lastLine}";

    private async Task WithinAsync(Task task, TimeSpan limit, CancellationToken cancellationToken) =>
        await task.WaitAsync(limit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static async Task WriteAsync(AnonymousPipeServerStream input, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken)
    {
        try
        {
            await input.WriteAsync(envelope, cancellationToken);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // A program need not read its input: only the exit code counts.
        }
        finally
        {
            await input.DisposeAsync();
        }
    }

    private static async Task ReadAsync(AnonymousPipeServerStream output, OutputTail tail, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await output.ReadAsync(buffer, cancellationToken) is var read and > 0)
                tail.Add(buffer.AsSpan(0, read));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Keep the output that was read so far.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Hook {Hook}: {Line}")]
        public static partial void Said(ILogger log, string hook, string line);

        [LoggerMessage(2, LogLevel.Error, "Hook {Hook}: process {Process} did not end after SIGKILL. It probably hangs in the kernel, for example on a network mount that is gone; wg-fleet goes on without it")]
        public static partial void Unkillable(ILogger log, string hook, int process);
    }
}
