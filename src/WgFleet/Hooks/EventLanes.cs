using System.Data.Common;
using System.Runtime.CompilerServices;
using WgFleet.Hooks.Deliveries;
using WgFleet.Store;

namespace WgFleet.Hooks;

/// <summary>
/// Brings every event of the log to those that want each one: to the handlers, in one lane; to programs and endpoints, each
/// in a lane of its own. Each remembers in the database how far it has come.
/// </summary>
internal sealed partial class EventLanes(
    HookCatalog catalog, string domain, HookStore store, LatestState latest, TimeProvider time, ILoggerFactory logs) : IAsyncDisposable
{
    private const int Chunk = 500;

    private readonly EventLog _events = new(store);
    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _log = logs.CreateLogger<EventLanes>();
    private readonly Dictionary<string, HookStateRow> _states = [];
    private readonly List<DeliveryLane> _retries = [];
    private HandlerLane? _handlers;
    private long _cursor;

    /// <summary>Ends when all that was published has been to the handlers, once it is told to drain.</summary>
    public Task Handling { get; private set; } = Task.CompletedTask;

    /// <summary>How many numbers the handlers are behind.</summary>
    public long Behind => Math.Max(0, _events.Head - Volatile.Read(ref _cursor));

    /// <summary>Enters hooks that have never run here, before the event of the start is written. Blocks for the database.</summary>
    public void Enter()
    {
        foreach (var handler in catalog.Handlers)
        {
            if (store.Find(handler.Name) is null)
                store.Create(handler.Name, store.LastSequence(), []);

            _states[handler.Name] = store.Find(handler.Name)!;
        }
    }

    /// <summary>Starts all lanes, each from its own place.</summary>
    public void Start(StartupEvent startup)
    {
        _events.StartAt(startup.Sequence - 1);
        _events.Append([startup]);

        var places = catalog.Handlers.Select(Place).ToList();
        _handlers = new HandlerLane(places, latest, time, logs.CreateLogger<HandlerLane>());
        _cursor = places.Count == 0 ? startup.Sequence - 1 : places.Min(p => p.Cursor);
        Handling = Task.Run(() => _handlers.RunAsync(FollowAsync(_cursor, _stopping.Token), _stopping.Token));
    }

    /// <summary>Takes over what was published.</summary>
    public void Append(IReadOnlyList<FleetEvent> events) => _events.Append(events);

    /// <summary>Completes when the event of this number, or a later one, has been to all handlers.</summary>
    public Task HandledAsync(long sequence) => _handlers!.HandledAsync(sequence);

    /// <summary>Lets <see cref="Handling"/> end when the handlers have had what there is.</summary>
    public void Drain() => _draining.Cancel();

    /// <summary>Ends all lanes at once; what they have not done waits in the database.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Handling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var lane in _retries)
            await lane.DisposeAsync();

        _draining.Dispose();
        _stopping.Dispose();
    }

    private HandlerPlace Place(Handler handler)
    {
        var retries = new DeliveryLane(
            handler.Name, new HandlerDelivery(handler, latest), 1, domain, _events, store, handler.Status, time, logs.CreateLogger<DeliveryLane>());
        retries.Start(paused: null);
        _retries.Add(retries);
        return new HandlerPlace(handler, retries, _states[handler.Name].Cursor);
    }

    private async IAsyncEnumerable<FleetEvent> FollowAsync(long cursor, [EnumeratorCancellation] CancellationToken stoppingToken)
    {
        using var drained = CancellationTokenSource.CreateLinkedTokenSource(_draining.Token, stoppingToken);
        while (await MoreAsync(cursor, drained.Token))
        {
            var found = Read(cursor);
            if (found is null)
            {
                await Task.Delay(TimeSpan.FromSeconds(5), time, stoppingToken);
                continue;
            }

            foreach (var e in found)
            {
                yield return e;

                // Asked for the next: this one is done with. Those that nobody wanted need no note of their own.
                cursor = e.Sequence;
                if (e == found[^1] || catalog.Handlers.Any(h => h.CallFor(e) is not null))
                    Advance(cursor);
            }

            if (found.Count == 0)
                cursor = _events.Head;
        }
    }

    private async Task<bool> MoreAsync(long cursor, CancellationToken drained)
    {
        try
        {
            await _events.WaitAsync(cursor, drained);
            return true;
        }
        catch (OperationCanceledException)
        {
            // Told to drain, which may have overtaken the news of the last events.
            return !_stopping.IsCancellationRequested && _events.Head > cursor;
        }
    }

    private IReadOnlyList<FleetEvent>? Read(long cursor)
    {
        try
        {
            return _events.After(cursor, Chunk);
        }
        catch (DbException e)
        {
            Log.CannotRead(_log, cursor, e.Message);
            return null;
        }
    }

    private void Advance(long cursor)
    {
        Volatile.Write(ref _cursor, cursor);
        if (catalog.Handlers.Count == 0)
            return;

        try
        {
            store.Advance(catalog.Handlers.Select(h => h.Name), cursor);
        }
        catch (DbException e)
        {
            // After a crash they would get these events again, which they must bear with anyway.
            Log.NotAdvanced(_log, cursor, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The event log cannot be read behind event {Cursor}, trying again in 5 s: {Reason}")]
        public static partial void CannotRead(ILogger log, long cursor, string reason);

        [LoggerMessage(2, LogLevel.Warning, "That the handlers have had event {Cursor} could not be written down: {Reason}")]
        public static partial void NotAdvanced(ILogger log, long cursor, string reason);
    }
}
