using WgFleet.Events;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Projections;
using WgFleet.Metrics;
using WgFleet.Store;

namespace WgFleet.Hooks.Handlers;

/// <summary>
/// Hands each event to each handler that asked for it, one after the other, in one order; no handler's failure reaches the
/// next. What a handler fails on is tried again on the side, and its later events of the same client wait behind it.
/// </summary>
internal sealed partial class HandlerWorker(IReadOnlyList<HandlerPlace> handlers, LatestState latest, TimeProvider time, ILogger<HandlerWorker> log)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    private readonly HandlerPlace[] _places = [.. handlers];
    private readonly HandlerVisit[] _visits = [.. handlers.Select(p => new HandlerVisit(p.Handler, latest))];
    private readonly Lock _gate = new();
    private readonly List<(long Sequence, TaskCompletionSource Handled)> _waiting = [];
    private long _handled = long.MinValue;

    /// <summary>Handles what the source gives until it ends. Asking it for the next event says that the one before is done with.</summary>
    public async Task RunAsync(IAsyncEnumerable<FleetEvent> source, CancellationToken stoppingToken)
    {
        await foreach (var fleetEvent in source.WithCancellation(stoppingToken))
        {
            // A queue hands out what it holds even to who is cancelled.
            stoppingToken.ThrowIfCancellationRequested();
            List<string>? failed = null;
            for (var i = 0; i < _places.Length && !stoppingToken.IsCancellationRequested; i++)
            {
                if (CallNow(_places[i], fleetEvent) is not { } call)
                    continue;

                // Here and not in a method of its own, which would be made anew for each event.
                var outcome = await _visits[i].RunAsync(fleetEvent, call, 1, stoppingToken);
                if (!Judge(_places[i], fleetEvent, outcome, stoppingToken))
                    (failed ??= []).Add(_places[i].Handler.Name);
            }

            if (failed is not null)
                Log.SomeFailed(log, fleetEvent.Type, fleetEvent.Id, failed.Count, string.Join(", ", failed));

            stoppingToken.ThrowIfCancellationRequested();
            Handled(fleetEvent.Sequence);
        }
    }

    /// <summary>Completes when the event of this number, or a later one, has been to all handlers.</summary>
    public Task HandledAsync(long sequence)
    {
        lock (_gate)
        {
            if (_handled >= sequence)
                return Task.CompletedTask;

            var handled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((sequence, handled));
            return handled.Task;
        }
    }

    private void Handled(long sequence)
    {
        lock (_gate)
        {
            _handled = sequence;
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_waiting[i].Sequence > sequence)
                    continue;

                _waiting[i].Handled.TrySetResult();
                _waiting.RemoveAt(i);
            }
        }
    }

    /// <summary>How to call the handler for this event now; null if it does not want it, has had it, or gets it later.</summary>
    private HandlerCall? CallNow(HandlerPlace place, FleetEvent fleetEvent)
    {
        var (handler, retries, cursor) = place;
        if (fleetEvent.Sequence <= cursor || handler.CallFor(fleetEvent) is not { } call)
            return null;

        if (!handler.Status.Stuck && retries.Paused is null && !(retries.Waiting > 0 && retries.Holds(Subject(fleetEvent))))
            return call;

        Defer(retries, handler, fleetEvent, 0, null);
        return null;
    }

    /// <summary>Notes how a call ended; false if it failed.</summary>
    private bool Judge(HandlerPlace place, FleetEvent fleetEvent, HookOutcome outcome, CancellationToken stoppingToken)
    {
        var (handler, retries, _) = place;
        FleetMeter.Called(handler.Name, fleetEvent.Type, outcome.Error is null ? FleetMeter.Ok : FleetMeter.Failed, outcome.Took);
        if (outcome.Error is not { } error || stoppingToken.IsCancellationRequested)
            return true;

        Log.Failed(log, handler.Name, fleetEvent.Type, fleetEvent.Id, error.Message, error);
        if (handler.MaxAttempts > 1)
            Defer(retries, handler, fleetEvent, 1, error.Message);

        return false;
    }

    private void Defer(DeliveryWorker retries, Handler handler, FleetEvent fleetEvent, int attempts, string? error)
    {
        var now = time.GetUtcNow();
        try
        {
            retries.Add(
                [
                    new DeliveryRow
                    {
                        Hook = handler.Name,
                        Seq = fleetEvent.Sequence,
                        Subject = Subject(fleetEvent),
                        State = DeliveryRow.Pending,
                        Attempt = attempts,
                        NextAt = (attempts == 0 ? now : now + FirstRetry).ToUnixTimeMilliseconds(),
                        Error = error,
                        EndedAt = now.ToUnixTimeMilliseconds(),
                    },
                ],
                cursor: null);
        }
        catch (Exception e) when (e is System.Data.Common.DbException)
        {
            Log.NotDeferred(log, handler.Name, fleetEvent.Type, fleetEvent.Id, e.Message);
        }
    }

    private static string Subject(FleetEvent e) => EventJson.SubjectOf(e) ?? "";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Hook {Hook} failed on {EventType} {EventId}: {Error}")]
        public static partial void Failed(ILogger log, string hook, string eventType, string eventId, string error, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "{EventType} {EventId}: {Count} hooks failed: {Hooks}")]
        public static partial void SomeFailed(ILogger log, string eventType, string eventId, int count, string hooks);

        [LoggerMessage(3, LogLevel.Error, "Hook {Hook} will not be called again for {EventType} {EventId}, since the database does not take the note: {Reason}")]
        public static partial void NotDeferred(ILogger log, string hook, string eventType, string eventId, string reason);
    }
}

/// <summary>A handler in the lane: where it tries again, and the last event it had before this start.</summary>
internal sealed record HandlerPlace(Handler Handler, DeliveryWorker Retries, long Cursor);
