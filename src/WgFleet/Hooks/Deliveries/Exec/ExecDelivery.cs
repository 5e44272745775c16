using System.IO.Pipes;
using WgFleet.Config;
using WgFleet.Linux;

namespace WgFleet.Hooks.Deliveries.Exec;

/// <summary>
/// Brings an event to a program: its type as the last argument, the envelope on standard input, the rest in the environment; the exit
/// code is the answer. A program that ends by itself may leave others running; at the timeout its whole process group ends,
/// and what has left the group (setsid) survives.
/// </summary>
/// <param name="name">The hook's name.</param>
/// <param name="config">What to run.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Gets the program's output at Debug.</param>
/// <param name="maxAttempts">How often an event is tried; past the ladder's end once an hour.</param>
/// <param name="random">Spreads the retries.</param>
internal sealed partial class ExecDelivery(
    string name, ExecConfig config, TimeProvider time, ILogger log, int maxAttempts = ExecDelivery.DefaultAttempts, Random? random = null) : IDelivery
{
    public const int DefaultAttempts = 8;

    /// <summary>What a program is given between SIGTERM and SIGKILL.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>How long its output is read on after its end: another process may hold it open for ever.</summary>
    public static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    // sysexits.h
    private const int TempFail = 75;
    private const int BadConfig = 78;

    private static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1),
    ];

    private readonly Random _random = random ?? Random.Shared;

    /// <summary>Everything for which <paramref name="config"/> cannot run: the key it is about, and the sentence an operator reads.</summary>
    public static IEnumerable<(string Key, string Text)> Problems(ExecConfig config)
    {
        var self = Interop.EffectiveUser;
        foreach (var problem in TrustedPath.ProgramProblems(config.Command, self))
            yield return ("exec.command", problem);

        if (ExecUser.Find(config.User, self, out var noUser) is null)
            yield return ("exec.user", noUser!);

        if (config.Args.Any(a => a.Contains('\0')))
            yield return ("exec.args", "exec.args holds a NUL character, which no argument can; remove it");
    }

    /// <inheritdoc/>
    public TimeSpan? DelayBefore(int attempt) =>
        attempt >= 2 && attempt <= maxAttempts ? Delays[Math.Min(attempt - 2, Delays.Length - 1)] * (0.8 + (0.4 * _random.NextDouble())) : null;

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> DeliverAsync(DeliveryAttempt attempt, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var self = Interop.EffectiveUser;
        if (ExecUser.Find(config.User, self, out var noUser) is not { } user)
            return new(DeliveryVerdict.Rejected) { Error = noUser };

        // An operator may still repair the file: a retry finds it right.
        if (TrustedPath.ProgramProblems(config.Command, self) is { Count: > 0 } problems)
            return new(DeliveryVerdict.Retry) { Error = string.Join("; ", problems) };

        try
        {
            var command = user.Command(self, [config.Command, .. config.Args, attempt.Event.Type]);
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

    private async Task<DeliveryOutcome> RunAsync(
        IReadOnlyList<string> command, IReadOnlyList<string> environment, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken)
    {
        await using var input = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        await using var output = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        var child = ExecChild.Start(command[0], command, environment, input.ClientSafePipeHandle, output.ClientSafePipeHandle);
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

    /// <summary>Ends the program and its group: kindly, then not.</summary>
    private async Task EndAsync(ExecChild child, Task read)
    {
        child.SignalGroup(Interop.SigTerm);
        // The end of the output stands for the end of the rest of the group, which nothing else tells.
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
            // A program need not read it: the exit code is the answer.
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
            // What there is is kept.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Hook {Hook}: {Line}")]
        public static partial void Said(ILogger log, string hook, string line);

        [LoggerMessage(2, LogLevel.Error, "Hook {Hook}: process {Process} has survived SIGKILL; it hangs in the kernel, as on a lost network mount, and is left behind")]
        public static partial void Unkillable(ILogger log, string hook, int process);
    }
}
