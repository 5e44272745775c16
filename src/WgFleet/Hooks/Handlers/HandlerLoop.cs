using WgFleet.Store.Engine;
using WgFleet.Hosting;

namespace WgFleet.Hooks.Handlers;

/// <summary>
/// Calls the handlers for every event of the log that they ask for: one event after the other, and for each event one handler after the
/// other, in running order. <see cref="RunAsync"/> shows the steps in order. Safe for concurrent use.
/// </summary>
internal sealed partial class HandlerLoop(HookServices services)
{
    private const int BatchSize = 500;

    private readonly ILogger _log = services.Logs.CreateLogger<HandlerLoop>();
    private readonly List<HandlerHook> _handlers = [];
    private readonly TaskCompletionSource _draining = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly List<(long Sequence, TaskCompletionSource Handled)> _waiting = [];
    private List<string> _names = [];
    private Part? _loop;
    private long _cursor = long.MaxValue;

    /// <summary>The number up to which all handlers have had all events.</summary>
    public long Cursor => Volatile.Read(ref _cursor);

    /// <summary>The state of its loop; null before it has started.</summary>
    public PartStatus? Loop => _loop?.Status;

    public void Add(HandlerHook handler) => _handlers.Add(handler);

    /// <summary>Adds a handler with its cursor; the loop starts at the lowest cursor.</summary>
    public void StartAt(long cursor) => _cursor = Math.Min(_cursor, cursor);

    /// <summary>Starts the loop, unless it runs.</summary>
    public void Start()
    {
        _names = [.. _handlers.Select(h => h.Name)];
        _loop ??= services.Loops.Run("handlers", RunAsync);
    }

    /// <summary>Completes when all handlers have had the event with this number, or a later one.</summary>
    public Task HandledAsync(long sequence)
    {
        lock (_gate)
        {
            if (_cursor >= sequence)
                return Task.CompletedTask;

            var handled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((sequence, handled));
            return handled.Task;
        }
    }

    /// <summary>Stops the loop once the handlers have had all published events; completes then.</summary>
    public async Task DrainAsync()
    {
        _loop?.LetEnd();
        _draining.TrySetResult();
        await (_loop?.Ended ?? Task.CompletedTask);
    }

    /// <summary>Stops the loop and cancels the call under way. Never throws.</summary>
    public async Task StopAsync()
    {
        if (_loop is { } loop)
            await loop.DisposeAsync();
    }

    private async Task RunAsync(Part part, CancellationToken stoppingToken)
    {
        while (await MoreAsync(stoppingToken))
        {
            var found = services.Events.After(_cursor, BatchSize);
            foreach (var stored in found)
            {
                var fleetEvent = stored.Event;
                var (called, failed) = (false, default(List<string>));
                foreach (var handler in _handlers)
                {
                    called |= handler.Wants(fleetEvent);
                    if (!await handler.HandleAsync(fleetEvent, stoppingToken))
                        (failed ??= []).Add(handler.Name);

                    // An event whose call was cancelled comes again at the next start.
                    stoppingToken.ThrowIfCancellationRequested();
                }

                if (failed is not null)
                    Log.SomeFailed(_log, fleetEvent.Type, fleetEvent.Id, Quantity.Of(failed.Count, "hook"), string.Join(", ", failed));

                // Written after each event with a call, so that a crash repeats one event and not a batch.
                Advance(fleetEvent.Sequence, write: called || stored == found[^1]);
            }

            // Numbers may have gaps at the end.
            if (found.Count == 0)
                Advance(services.Events.Head, write: false);

            part.Works();
        }
    }

    /// <summary>Waits for the next event. False when the loop drains and there is none.</summary>
    private async Task<bool> MoreAsync(CancellationToken stoppingToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var more = services.Events.WaitAsync(_cursor, end.Token);
        await Task.WhenAny(more, _draining.Task);
        await end.CancelAsync();
        await more.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stoppingToken.ThrowIfCancellationRequested();
        return services.Events.Head > _cursor;
    }

    private void Advance(long sequence, bool write)
    {
        try
        {
            if (write)
                services.Store.Advance(_names, sequence);
        }
        catch (StoreException e)
        {
            // After a crash the handlers would get these events again, which delivery at least once allows.
            Log.NotAdvanced(_log, sequence, e.Message);
        }

        lock (_gate)
        {
            Volatile.Write(ref _cursor, sequence);
            foreach (var (_, handled) in _waiting.Where(w => w.Sequence <= sequence))
                handled.TrySetResult();

            _waiting.RemoveAll(w => w.Sequence <= sequence);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{EventType} {EventId}: {Failed} failed: {Hooks}")]
        public static partial void SomeFailed(ILogger log, string eventType, string eventId, string failed, string hooks);

        [LoggerMessage(2, LogLevel.Warning, "The database could not store that the handlers have had event {Sequence}: {Reason}")]
        public static partial void NotAdvanced(ILogger log, long sequence, string reason);
    }
}
