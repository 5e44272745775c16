using System.Data.Common;
using System.Runtime.CompilerServices;
using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Fleets.State;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Discovery;
using WgFleet.Hooks.Handlers;
using WgFleet.Hooks.Projections;
using WgFleet.Store;

namespace WgFleet.Hooks;

/// <summary>
/// Brings every event of the log to those that want each one: to the handlers, in one lane; to programs and endpoints, each
/// in a lane of its own. Each remembers in the database how far it has come.
/// </summary>
internal sealed partial class EventDispatcher(
    HookCatalog catalog, string domain, HookStore store, LatestState latest, TimeProvider time, ILoggerFactory logs) : IAsyncDisposable
{
    private const int Chunk = 500;

    private readonly EventLog _events = new(store);
    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _log = logs.CreateLogger<EventDispatcher>();
    private readonly Dictionary<string, HookStateRow> _states = [];
    private readonly Dictionary<string, DeliveryWorker> _lanes = [];
    private readonly Dictionary<string, EventSubscription> _outlets = [];
    private readonly List<Task> _fanOuts = [];
    private HandlerWorker? _handlers;
    private long _cursor;

    /// <summary>Ends when all that was published has been to the handlers, once it is told to drain.</summary>
    public Task Handling { get; private set; } = Task.CompletedTask;

    /// <summary>How many numbers the handlers are behind.</summary>
    public long Behind => Math.Max(0, _events.Head - Volatile.Read(ref _cursor));

    /// <summary>All published events.</summary>
    public EventLog Events => _events;

    /// <summary>The lane of a handler, program or endpoint; null if it has none.</summary>
    public DeliveryWorker? Lane(string hook) => _lanes.GetValueOrDefault(hook);

    /// <summary>The active handler of that name; null if there is none.</summary>
    public Handler? Handler(string hook) => catalog.Handlers.FirstOrDefault(h => h.Name == hook);

    /// <summary>The active program or endpoint of that name; null if there is none.</summary>
    public Sink? Sink(string hook) => catalog.Outlets.FirstOrDefault(o => o.Name == hook);

    /// <summary>The number up to which a handler has been called, or a program or endpoint has its deliveries.</summary>
    public long CursorOf(string hook) => _outlets.TryGetValue(hook, out var outlet) ? outlet.Cursor : Volatile.Read(ref _cursor);

    /// <summary>Enters hooks that have never run here, before the event of the start is written. Blocks for the database.</summary>
    public void Enter(Snapshot loaded)
    {
        foreach (var handler in catalog.Handlers)
            Enter(handler.Name, handler.Start, e => handler.CallFor(e) is not null, loaded);

        foreach (var outlet in catalog.Outlets)
            Enter(outlet.Name, outlet.Config.Start, outlet.Wants, loaded);
    }

    /// <summary>Starts all lanes, each from its own place.</summary>
    public void Start(StartupEvent startup)
    {
        _events.StartAt(startup.Sequence - 1);
        _events.Append([startup]);

        var places = catalog.Handlers.Select(Place).ToList();
        _handlers = new HandlerWorker(places, latest, time, logs.CreateLogger<HandlerWorker>());
        _cursor = places.Count == 0 ? startup.Sequence - 1 : places.Min(p => p.Cursor);
        foreach (var outlet in catalog.Outlets)
            Start(outlet);

        Handling = Task.Run(() => _handlers.RunAsync(FollowAsync(_cursor, _stopping.Token), _stopping.Token));
    }

    /// <summary>Takes over what was published.</summary>
    public void Append(IReadOnlyList<FleetEvent> events) => _events.Append(events);

    /// <summary>Completes when the event of this number, or a later one, has been to all handlers.</summary>
    public Task HandledAsync(long sequence) => _handlers!.HandledAsync(sequence);

    /// <summary>Forgets what waits of events up to this number, since retention has deleted it.</summary>
    public void Forget(long upTo)
    {
        foreach (var lane in _lanes.Values)
            lane.Forget(upTo);
    }

    /// <summary>Lets <see cref="Handling"/> end when the handlers have had what there is.</summary>
    public void Drain() => _draining.Cancel();

    /// <summary>Ends all lanes at once; what they have not done waits in the database.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll([Handling, .. _fanOuts]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var lane in _lanes.Values)
            await lane.DisposeAsync();

        _draining.Dispose();
        _stopping.Dispose();
    }

    private HandlerPlace Place(Handler handler)
    {
        // Without the status: who calls a handler keeps it.
        var lane = Lane(handler.Name, new HandlerDelivery(handler, latest), 1, null, logs.CreateLogger<DeliveryWorker>());
        return new HandlerPlace(handler, lane, _states[handler.Name].Cursor);
    }

    private void Start(Sink outlet)
    {
        var lane = Lane(outlet.Name, outlet.Delivery, outlet.Concurrency, outlet.Status, outlet.Log);
        var fanOut = new EventSubscription(outlet.Name, outlet.Wants, lane, _events, time, outlet.Log);
        _outlets[outlet.Name] = fanOut;
        _fanOuts.Add(Task.Run(() => fanOut.RunAsync(_states[outlet.Name].Cursor, _stopping.Token)));
    }

    private DeliveryWorker Lane(string hook, IDelivery delivery, int concurrency, HookStatus? status, ILogger log)
    {
        var lane = new DeliveryWorker(hook, delivery, concurrency, domain, _events, store, status, time, log);
        lane.Start(_states[hook].Paused);
        return _lanes[hook] = lane;
    }

    private void Enter(string hook, HookStart start, Func<FleetEvent, bool> wants, Snapshot loaded)
    {
        if (store.Find(hook) is null)
        {
            var events = start == HookStart.Snapshot ? Arrivals(loaded).Where(wants).Select(EventJson.ToRow).ToList() : [];
            store.Create(hook, start == HookStart.Beginning ? 0 : store.LastSequence() + events.Count, events);
        }

        _states[hook] = store.Find(hook)!;
    }

    /// <summary>A client.added for each client there is, for a hook that was not there when they came.</summary>
    private IEnumerable<FleetEvent> Arrivals(Snapshot loaded) => loaded.Fleets.SelectMany(f => f.ById.Values).OrderBy(m => m.Id).Select(m =>
        new ClientAdded(m.ToClient(domain)) { Id = $"evt_{Guid.CreateVersion7(time.GetUtcNow()):N}", Sequence = 0, Time = m.RegisteredAt, Replayed = true });

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

                // Asked for the next: this one is done with. A note for several would have all of them come again after a
                // crash, instead of one; those that nobody wanted need none of their own.
                cursor = e.Sequence;
                if (e == found[^1] || Wanted(e))
                    Advance(cursor);
            }

            if (found.Count == 0)
                Volatile.Write(ref _cursor, cursor = _events.Head);
        }
    }

    private bool Wanted(FleetEvent e)
    {
        foreach (var handler in catalog.Handlers)
        {
            if (handler.CallFor(e) is not null)
                return true;
        }

        return false;
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
