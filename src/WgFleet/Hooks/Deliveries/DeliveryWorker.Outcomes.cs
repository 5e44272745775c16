using WgFleet.Events;
using WgFleet.Hosting;
using WgFleet.Metrics;
using WgFleet.Store;

namespace WgFleet.Hooks.Deliveries;

/// <summary>Handles the end of an attempt: its row, its next attempt, and the hook's health.</summary>
internal sealed partial class DeliveryWorker
{
    /// <summary>The new row of a delivery whose attempt has ended, and when it is tried again.</summary>
    private (Ended Ended, DeliveryRow Row, TimeSpan? Again) Judge(Ended ended)
    {
        var (head, _, outcome, at, took) = ended;
        var attempt = head.Attempt + 1;
        var again = outcome.Verdict is DeliveryVerdict.Retry or DeliveryVerdict.Gone ? delivery.DelayBefore(attempt + 1) : null;
        if (again is { } delay && outcome.RetryAfter > delay)
            again = outcome.RetryAfter;

        return (ended, new DeliveryRow
        {
            Hook = hook,
            Seq = head.Sequence,
            Subject = head.Subject.Length > 0 ? head.Subject : null,
            State = outcome.Verdict == DeliveryVerdict.Delivered ? DeliveryState.Done : again is null ? DeliveryState.Dead : DeliveryState.Pending,
            Attempt = attempt,
            NextAt = (at + (again ?? TimeSpan.Zero)).ToUnixTimeMilliseconds(),
            Replayed = head.Replayed,
            Code = outcome.Code,
            Error = outcome.Error,
            Response = outcome.Response,
            TookMs = (long)took.TotalMilliseconds,
            EndedAt = at.ToUnixTimeMilliseconds(),
        }, again);
    }

    private DeliveryRow Waits(long sequence)
    {
        var waiting = _read.GetValueOrDefault(sequence) ?? services.Events.Find(sequence);
        return new DeliveryRow
        {
            Hook = hook,
            Seq = sequence,
            Subject = waiting is null ? null : EventJson.SubjectOf(waiting.Event),
            State = DeliveryState.Pending,
            Replayed = waiting?.Event.Replayed == true,
        };
    }

    /// <summary>Frees the slot of an attempt: the delivery waits for its next attempt, or the next delivery of the client follows.</summary>
    private void Settle(Ended ended, int attempt, TimeSpan? again)
    {
        _busy.Remove(ended.Head.Sequence);
        if (ended.Outcome.Verdict != DeliveryVerdict.Busy)
            _read.Remove(ended.Head.Sequence);

        if (again is { } delay)
            _queue.Retry(ended.Head with { Attempt = attempt, DueAt = ended.At + delay });
        else
            _queue.Finish(ended.Head);

        if (ended.Outcome.Verdict == DeliveryVerdict.Delivered)
            _breaker.Succeeded();
        else if (ended.Outcome.Verdict != DeliveryVerdict.Busy)
            _breaker.Failed(ended.Head.Subject);
    }

    private void Tell(Ended ended, DeliveryRow row, TimeSpan? again)
    {
        var delivered = ended.Outcome.Verdict == DeliveryVerdict.Delivered;
        FleetMeter.Called(hook, ended.Type, delivered ? FleetMeter.Ok : again is null ? FleetMeter.Dead : FleetMeter.Failed, ended.Took);
        if (delivered)
        {
            health?.Succeeded(ended.At);
            return;
        }

        var error = ended.Outcome.Error ?? ended.Outcome.Code ?? "no reason given";
        health?.Failed(ended.At, error);
        if (again is { } delay)
            Log.Failed(log, hook, row.Seq, row.Attempt, delay.TotalSeconds, error);
        else
            Log.Dead(log, hook, row.Seq, Quantity.Of(row.Attempt, "attempt"), error);
    }

    /// <summary>An attempt that has ended and is not stored yet.</summary>
    private sealed record Ended(Pending Head, string Type, DeliveryOutcome Outcome, DateTimeOffset At, TimeSpan Took);

    // If the last attempt ended in the future, the clock was ahead: only how long to wait after it counts.
    private Pending ToPending(DeliveryRow row)
    {
        var (ended, due) = (DateTimeOffset.FromUnixTimeMilliseconds(row.EndedAt), DateTimeOffset.FromUnixTimeMilliseconds(row.NextAt));
        var now = _time.GetUtcNow();
        return new(row.Seq, row.Subject ?? "", row.Attempt, ended > now ? now + (due - ended) : due, row.Replayed);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Hook {Hook} failed on event {Sequence}, attempt {Attempt}, next in {Seconds:0} s: {Error}")]
        public static partial void Failed(ILogger log, string hook, long sequence, int attempt, double seconds, string error);

        [LoggerMessage(2, LogLevel.Error, "Hook {Hook} gave up event {Sequence} after {Attempts}; it is a dead letter now: {Error}")]
        public static partial void Dead(ILogger log, string hook, long sequence, string attempts, string error);

        [LoggerMessage(3, LogLevel.Error, "Hook {Hook}: event {Sequence} cannot be read from the database, trying again in 5 s: {Reason}")]
        public static partial void CannotRead(ILogger log, string hook, long sequence, string reason);

        [LoggerMessage(4, LogLevel.Error, "Hook {Hook}: an attempt to deliver event {Sequence} failed with an internal error; please report this")]
        public static partial void Unexpected(ILogger log, string hook, long sequence, Exception e);
    }
}
