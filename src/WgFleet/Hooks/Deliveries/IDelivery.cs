using WgFleet.Events;
using WgFleet.Hosting;

namespace WgFleet.Hooks.Deliveries;

/// <summary>
/// Makes one attempt to bring an event to a receiver: a program, an HTTP endpoint, a handler. When to try again, in which order, and when to
/// give up is the work of <see cref="DeliveryWorker"/>.
/// </summary>
internal interface IDelivery
{
    /// <summary>How its program is, if it has one that stays running.</summary>
    ProgramStatus? Program => null;

    /// <summary>Starts what runs all the time. Called once, when the hook starts, before the first attempt.</summary>
    void Start(Supervisor loops)
    {
    }

    /// <summary>Makes one attempt. Limits its own time; throws only when cancelled.</summary>
    Task<DeliveryOutcome> DeliverAsync(DeliveryAttempt attempt, CancellationToken cancellationToken);

    /// <summary>How long to wait before an attempt, from the second on; null if there is to be none.</summary>
    TimeSpan? DelayBefore(int attempt);
}

/// <summary>One attempt to deliver one event.</summary>
/// <param name="Event">The event.</param>
/// <param name="Envelope">The event as every receiver gets it, see <see cref="EventEnvelope"/>; the same bytes at each attempt.</param>
/// <param name="Number">Which attempt it is, from 1.</param>
internal sealed record DeliveryAttempt(FleetEvent Event, ReadOnlyMemory<byte> Envelope, int Number)
{
    /// <summary>Is told, line by line, what the receiver is given beside the envelope; null if nobody asks.</summary>
    public Action<string>? Show { get; init; }

    /// <summary>Is told the body that the receiver is given, if that is not the envelope; null if nobody asks.</summary>
    public Action<ReadOnlyMemory<byte>>? ShowBody { get; init; }
}

/// <summary>How an attempt ended.</summary>
internal sealed record DeliveryOutcome(DeliveryVerdict Verdict)
{
    /// <summary>The receiver's own code: "200", "exit 75", "signal 9"; null if there was none.</summary>
    public string? Code { get; init; }

    /// <summary>What the receiver said: the head of an HTTP response (1 KiB), the end of a program's output (4 KiB).</summary>
    public string Response { get; init; } = "";

    /// <summary>What went wrong, in one line; null if nothing did.</summary>
    public string? Error { get; init; }

    /// <summary>The receiver asks not to be tried again before this long.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>What follows from an attempt.</summary>
internal enum DeliveryVerdict
{
    /// <summary>The event has arrived.</summary>
    Delivered,

    /// <summary>It may arrive later.</summary>
    Retry,

    /// <summary>It never will: it becomes a dead letter.</summary>
    Rejected,

    /// <summary>The receiver wants no more events: the hook is paused.</summary>
    Gone,

    /// <summary>It could not be tried; try soon again, without counting an attempt.</summary>
    Busy,
}
