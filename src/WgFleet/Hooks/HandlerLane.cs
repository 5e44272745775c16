namespace WgFleet.Hooks;

/// <summary>Hands each event to each handler that asked for it, one after the other, in one order; no handler's failure reaches the next.</summary>
internal sealed partial class HandlerLane(IReadOnlyList<Handler> handlers, LatestState latest, TimeProvider time, ILogger<HandlerLane> log)
{
    private static readonly TimeSpan Fold = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly List<(long Sequence, TaskCompletionSource Handled)> _waiting = [];
    private readonly Dictionary<Handler, long> _missLogged = [];
    private long _handled = long.MinValue;

    /// <summary>Handles what the source gives until it ends. Asking it for the next event says that the one before is done with.</summary>
    public async Task RunAsync(IAsyncEnumerable<FleetEvent> source, CancellationToken stoppingToken)
    {
        await foreach (var fleetEvent in source.WithCancellation(stoppingToken))
        {
            // A queue hands out what it holds even to who is cancelled.
            stoppingToken.ThrowIfCancellationRequested();
            await HandleAsync(fleetEvent, stoppingToken);
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
            foreach (var waiting in _waiting.Where(w => w.Sequence <= sequence))
                waiting.Handled.TrySetResult();

            _waiting.RemoveAll(w => w.Sequence <= sequence);
        }
    }

    private async Task HandleAsync(FleetEvent fleetEvent, CancellationToken stoppingToken)
    {
        List<string>? failed = null;
        foreach (var handler in handlers)
        {
            if (stoppingToken.IsCancellationRequested)
                break;

            if (handler.CallFor(fleetEvent) is not { } call)
                continue;

            if (handler.Status.Stuck)
            {
                Missed(handler, fleetEvent);
                continue;
            }

            var error = await handler.Runner.RunAsync(ct => call(fleetEvent, handler.ContextFor(fleetEvent, latest.Get()), ct), stoppingToken);
            if (error is null)
                continue;

            Log.Failed(log, handler.Name, fleetEvent.Type, fleetEvent.Id, error.Message, error);
            (failed ??= []).Add(handler.Name);
        }

        if (failed is not null)
            Log.SomeFailed(log, fleetEvent.Type, fleetEvent.Id, failed.Count, string.Join(", ", failed));
    }

    private void Missed(Handler handler, FleetEvent fleetEvent)
    {
        var missed = handler.Status.MissedOne();
        if (_missLogged.TryGetValue(handler, out var last) && time.GetElapsedTime(last) < Fold)
            return;

        _missLogged[handler] = time.GetTimestamp();
        Log.Missed(log, handler.Name, fleetEvent.Type, fleetEvent.Id, missed);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Hook {Hook} failed on {EventType} {EventId}: {Error}")]
        public static partial void Failed(ILogger log, string hook, string eventType, string eventId, string error, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "{EventType} {EventId}: {Count} hooks failed: {Hooks}")]
        public static partial void SomeFailed(ILogger log, string eventType, string eventId, int count, string hooks);

        [LoggerMessage(3, LogLevel.Warning, "Hook {Hook} is stuck and misses {EventType} {EventId}; missed since the start: {Missed}")]
        public static partial void Missed(ILogger log, string hook, string eventType, string eventId, long missed);
    }
}
