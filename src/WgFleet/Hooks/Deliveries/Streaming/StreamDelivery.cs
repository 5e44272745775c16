using WgFleet.Config;
using WgFleet.Hooks.Programs;
using WgFleet.Hosting;
using WgFleet.Linux;

namespace WgFleet.Hooks.Deliveries.Streaming;

/// <summary>
/// Gives events to a program that stays running, see docs/stream.md. While the program does not run, events wait and use up no
/// attempts.
/// </summary>
/// <remarks>Dispose it when no attempt is under way; this ends the program.</remarks>
internal sealed class StreamDelivery : IDelivery, IAsyncDisposable
{
    /// <summary>How long a stop waits for the answer to an event, so that the next process need not get it again.</summary>
    public static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    private readonly StreamConfig _config;
    private readonly StreamProgram _program;
    private readonly ProgramCommand _command;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly int _maxAttempts;

    /// <param name="name">The hook's name.</param>
    /// <param name="config">The program, its arguments, user and limits.</param>
    /// <param name="settings">The settings in the hello.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">The hook's log.</param>
    /// <param name="maxAttempts">How many times an event is tried.</param>
    /// <param name="random">For the jitter of retries; null for the shared one.</param>
    /// <param name="runs">Notes which programs run; null if nobody needs to know after a crash.</param>
    public StreamDelivery(
        string name, StreamConfig config, IReadOnlyDictionary<string, string> settings, TimeProvider time, ILogger log,
        int maxAttempts = ProgramLadder.Attempts, Random? random = null, ProgramRuns? runs = null)
    {
        (_config, _time, _maxAttempts, _random) = (config, time, maxAttempts, random ?? Random.Shared);
        _command = CommandOf(config);
        _program = new StreamProgram(name, _command, StreamLines.WriteHello(name, "events", config.Concurrency, settings), config.StartTimeout, time, log, runs);
    }

    /// <inheritdoc/>
    public ProgramStatus? Program => _program.Status;

    /// <summary>Lists every reason why <paramref name="config"/> cannot run: the key, and a sentence for the operator.</summary>
    public static IEnumerable<(string Key, string Text)> Problems(StreamConfig config) => CommandOf(config).Problems();

    /// <inheritdoc/>
    public void Start(Supervisor loops) => _program.Start(loops);

    /// <inheritdoc/>
    public TimeSpan? DelayBefore(int attempt) => ProgramLadder.Schedule.DelayBefore(attempt, _maxAttempts, _random);

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> DeliverAsync(DeliveryAttempt attempt, CancellationToken cancellationToken)
    {
        attempt.Show?.Invoke(string.Join(' ', [_command.Path, .. _command.Args]));
        var line = StreamLines.OneLine(attempt.Envelope);
        StreamProcess? process = null;
        while (true)
        {
            process = await _program.ReadyAsync(process, cancellationToken);
            var reply = await AnswerAsync(process.AskAsync(attempt.Event.Id, line, _config.Timeout), cancellationToken);

            // An event that the program has not handled is given to the next process.
            if (!reply.IsInnocent)
                return OutcomeOf(reply);
        }
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    private static ProgramCommand CommandOf(StreamConfig config) => new(StreamConfig.Name, config.Command, config.Args, config.User);

    private async Task<StreamReply> AnswerAsync(Task<StreamReply> reply, CancellationToken cancellationToken)
    {
        await ((Task)reply).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!reply.IsCompleted)
            await ((Task)reply).WaitAsync(StopGrace, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        return reply.IsCompleted ? await reply : throw new OperationCanceledException(cancellationToken);
    }

    private static DeliveryOutcome OutcomeOf(StreamReply reply) => reply.Answer switch
    {
        { Ok: true } => new(DeliveryVerdict.Delivered) { Code = "ok", Response = reply.Log },
        { } no => new(no.Permanent ? DeliveryVerdict.Rejected : DeliveryVerdict.Retry)
        {
            Code = "not ok",
            Response = reply.Log,
            Error = no.Error is { Length: > 0 } error ? OneLine(error) : "the program answered that it failed, without a reason",
            RetryAfter = no.RetryAfter,
        },
        null => new(DeliveryVerdict.Retry) { Code = reply.Code, Response = reply.Log, Error = reply.Failure },
    };

    private static string OneLine(string text)
    {
        const int Longest = 300;
        return string.Concat((text.Length > Longest ? text[..Longest] + "…" : text).Select(c => PlainText.IsHidden(c) ? ' ' : c));
    }
}
