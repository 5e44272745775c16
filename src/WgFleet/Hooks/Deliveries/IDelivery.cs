using WgFleet.Events;

namespace WgFleet.Hooks.Deliveries;

/// <summary>
/// A way to bring events out of the process: a program, an HTTP endpoint. Called for one attempt at a time per client;
/// when to try again, in which order, and when to give up is the lane's work, not its own.
/// </summary>
internal interface IDelivery
{
    /// <summary>Makes one attempt. Bounded in time by itself; throws only when cancelled.</summary>
    Task<DeliveryOutcome> DeliverAsync(DeliveryAttempt attempt, CancellationToken cancellationToken);

    /// <summary>How long to wait before the given attempt, from 2 on; null when there is to be none.</summary>
    TimeSpan? DelayBefore(int attempt);
}

/// <summary>One attempt at one event.</summary>
/// <param name="Event">The event.</param>
/// <param name="Envelope">The event as every receiver gets it, see <see cref="EventEnvelope"/>; the same bytes at each attempt.</param>
/// <param name="Number">Which attempt it is, from 1.</param>
internal sealed record DeliveryAttempt(FleetEvent Event, ReadOnlyMemory<byte> Envelope, int Number)
{
    /// <summary>Told, line by line, what the receiver is given beside the envelope; null if nobody wants to know.</summary>
    public Action<string>? Show { get; init; }
}

/// <summary>How an attempt ended.</summary>
internal sealed record DeliveryOutcome(DeliveryVerdict Verdict)
{
    /// <summary>The receiver's own word: "200", "exit 75", "signal 9"; null if there was none.</summary>
    public string? Code { get; init; }

    /// <summary>What the receiver said: the head of an HTTP answer (1 KiB), the last of a program's output (4 KiB).</summary>
    public string Response { get; init; } = "";

    /// <summary>What went wrong, in one line; null if nothing did.</summary>
    public string? Error { get; init; }

    /// <summary>The receiver asks not to be tried again before this long.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>What follows from an attempt.</summary>
internal enum DeliveryVerdict
{
    /// <summary>It has arrived.</summary>
    Delivered,

    /// <summary>It may arrive later.</summary>
    Retry,

    /// <summary>It never will: to the dead letters.</summary>
    Rejected,

    /// <summary>The receiver wants no events any more: pause the hook, tell the operator.</summary>
    Gone,

    /// <summary>It could not even be tried: soon again, and it does not count as an attempt.</summary>
    Busy,
}
