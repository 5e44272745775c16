using System.Collections.Concurrent;
using System.Text;
using WgFleet.Hooks.Deliveries;

namespace WgFleet.Testing;

/// <summary>A receiver that answers as a test says and remembers what it got.</summary>
internal sealed class ScriptedDelivery(Func<DeliveryAttempt, CancellationToken, Task<DeliveryOutcome>> answer, int attempts = 1000) : IDelivery
{
    private int _underWay;

    public ScriptedDelivery(Func<DeliveryAttempt, DeliveryOutcome> answer, int attempts = 1000)
        : this((attempt, _) => Task.FromResult(answer(attempt)), attempts)
    {
    }

    public static DeliveryOutcome Delivered { get; } = new(DeliveryVerdict.Delivered) { Code = "200" };

    public static DeliveryOutcome Failed { get; } = new(DeliveryVerdict.Retry) { Code = "500", Error = "answered 500" };

    /// <summary>The events that arrived, in order.</summary>
    public ConcurrentQueue<(string Subject, long Sequence, string Id)> Arrived { get; } = new();

    /// <summary>Every attempt, also those that did not arrive.</summary>
    public ConcurrentQueue<(long Sequence, int Number, string Envelope)> Attempts { get; } = new();

    /// <summary>The largest number of simultaneous attempts.</summary>
    public int Most { get; private set; }

    public TimeSpan? DelayBefore(int attempt) => attempt <= attempts ? TimeSpan.FromMilliseconds(1) : null;

    public async Task<DeliveryOutcome> DeliverAsync(DeliveryAttempt attempt, CancellationToken cancellationToken)
    {
        Attempts.Enqueue((attempt.Event.Sequence, attempt.Number, Encoding.UTF8.GetString(attempt.Envelope.Span)));
        Most = Math.Max(Most, Interlocked.Increment(ref _underWay));
        try
        {
            var outcome = await answer(attempt, cancellationToken);
            if (outcome.Verdict == DeliveryVerdict.Delivered)
                Arrived.Enqueue((attempt.Event.Client!.Address.ToString(), attempt.Event.Sequence, attempt.Event.Id));

            return outcome;
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }
}
