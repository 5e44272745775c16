using WgFleet.Store.Engine;
using WgFleet.Events;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Hooks.Deliveries;

/// <summary>
/// Makes the deliveries of one hook: several at once, never two of one client, each until it has arrived or is given up. Unfinished deliveries are in
/// the database, so after a crash the next process continues them. <see cref="RunAsync"/> shows the steps in order.
/// </summary>
/// <param name="hook">The hook's name.</param>
/// <param name="delivery">Makes an attempt.</param>
/// <param name="concurrency">How many attempts may be under way at once.</param>
/// <param name="wants">Which events it takes from the log; null if it gets them by <see cref="Add"/>.</param>
/// <param name="health">Gets the outcome of each attempt; null if the maker of the attempt reports it.</param>
/// <param name="services">The log, the database and the clock.</param>
/// <param name="log">The hook's log.</param>
internal sealed partial class DeliveryWorker(
    string hook, IDelivery delivery, int concurrency, Func<FleetEvent, bool>? wants, HookHealth? health, HookServices services, ILogger log)
{
    /// <summary>Events taken from the log at once.</summary>
    private const int BatchSize = 500;

    /// <summary>With so many in the queue, no more are taken from the log while some of them can be delivered: a backlog stays in the database.</summary>
    private const int Enough = 2000;

    private static readonly TimeSpan DatabasePause = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time = services.Time;
    private readonly Lock _gate = new();
    private readonly DeliveryQueue _queue = new();
    private readonly CircuitBreaker _breaker = new(services.Time);

    // Taken from the log but without a row: all are after the cursor in the database, so they come again after a crash.
    private readonly HashSet<long> _fresh = [];

    // The events of the queue that were read when they were taken, so that they are not read again, one by one.
    private readonly Dictionary<long, StoredEvent> _read = [];
    private readonly HashSet<long> _busy = [];
    private readonly List<Ended> _ended = [];
    private readonly List<Task> _underWay = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Part? _loop;
    private volatile string? _paused;
    private long _taken;
    private long _stored;

    /// <summary>The number up to which it has taken the events that the hook asks for.</summary>
    public long Cursor => Volatile.Read(ref _taken);

    /// <summary>How many deliveries wait or are under way.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _queue.Count;
        }
    }

    /// <summary>Why nothing is delivered; null if it is.</summary>
    public string? Paused => _paused;

    /// <summary>The state of its loop; null before it has started.</summary>
    public PartStatus? Loop => _loop?.Status;

    /// <summary>Loads the pending deliveries from the database. Blocks.</summary>
    public void Enter(HookStateRow state)
    {
        (_paused, _taken, _stored) = (state.Paused, state.Cursor, state.Cursor);
        _dead = services.Store.Count(hook, DeliveryState.Dead);
        foreach (var row in services.Store.Waiting(hook))
            _queue.Add(ToPending(row));
    }

    public void Start() => _loop = services.Loops.Run($"hook {hook}", RunAsync);

    /// <summary>Whether an event of this client waits or is under way, so that later ones must wait for it.</summary>
    public bool Holds(string subject)
    {
        lock (_gate)
            return _queue.Holds(subject);
    }

    /// <summary>Adds a delivery; it is in the database when this returns. Blocks.</summary>
    public void Add(DeliveryRow row)
    {
        services.Store.Enqueue(hook, [row], cursor: null);
        lock (_gate)
            _queue.Add(ToPending(row));

        Wake();
    }

    /// <summary>Starts no more attempts, cancels those under way and waits for them; their deliveries stay pending. Never throws.</summary>
    public async Task StopAsync()
    {
        if (_loop is { } loop)
            await loop.DisposeAsync();
    }

    private async Task RunAsync(Part part, CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                stoppingToken.ThrowIfCancellationRequested();
                var changed = Changed();
                TakeEvents();
                StartAttempts(stoppingToken);
                var ended = Write();
                part.Works();
                if (!ended)
                    await WaitAsync(changed, stoppingToken);
            }
        }
        finally
        {
            await Task.WhenAll(_underWay).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
                Write();
        }
    }

    /// <summary>Step 1: takes the next events of the log that the hook asks for.</summary>
    private void TakeEvents()
    {
        if (wants is null || services.Events.Head <= _taken || HasEnough())
            return;

        var head = services.Events.Head;
        var found = services.Events.After(_taken, BatchSize);
        lock (_gate)
        {
            foreach (var e in found.Where(e => wants(e.Event)))
            {
                _fresh.Add(e.Sequence);
                if (_read.Count < Enough + BatchSize)
                    _read[e.Sequence] = e;

                _queue.Add(new Pending(e.Sequence, EventJson.SubjectOf(e.Event) ?? "", 0, DateTimeOffset.UnixEpoch, e.Event.Replayed));
            }
        }

        Volatile.Write(ref _taken, found.Count > 0 ? found[^1].Sequence : head);
    }

    /// <summary>Step 2: starts the attempts that are due, the first of each client, up to the concurrency.</summary>
    private void StartAttempts(CancellationToken stoppingToken)
    {
        lock (_gate)
        {
            _underWay.RemoveAll(t => t.IsCompleted);
            var now = _time.GetUtcNow();
            while (_paused is null && _busy.Count < Slots && _breaker.ProbeIn <= TimeSpan.Zero && _queue.Take(now) is { } next)
            {
                _busy.Add(next.Sequence);
                _underWay.Add(Task.Run(() => AttemptAsync(next, stoppingToken), CancellationToken.None));
            }
        }
    }

    /// <summary>Step 3, concurrently: makes one attempt.</summary>
    private async Task AttemptAsync(Pending head, CancellationToken stoppingToken)
    {
        var started = _time.GetTimestamp();
        var type = "unknown";
        DeliveryOutcome? outcome;
        try
        {
            var found = Find(head.Sequence);
            type = found?.Event.Type ?? type;
            outcome = found is null ? new DeliveryOutcome(DeliveryVerdict.Rejected) { Error = "the event is no longer kept" }
                : found.Event is UnknownEvent unknown ? new DeliveryOutcome(DeliveryVerdict.Rejected) { Error = $"the event is unknown: {unknown.Problem}" }
                : await delivery.DeliverAsync(AttemptOf(head.Replayed ? found.AsReplayed() : found, head.Attempt + 1), stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The delivery stays pending for the next process.
            outcome = null;
        }
        catch (StoreException e)
        {
            Log.CannotRead(log, hook, head.Sequence, e.Message);
            outcome = new DeliveryOutcome(DeliveryVerdict.Busy) { RetryAfter = DatabasePause };
        }
        catch (Exception e)
        {
            Log.Unexpected(log, hook, head.Sequence, e);
            outcome = new DeliveryOutcome(DeliveryVerdict.Retry) { Error = e.Message };
        }

        lock (_gate)
        {
            if (outcome is null)
                _busy.Remove(head.Sequence);
            else
                _ended.Add(new Ended(head, type, outcome, _time.GetUtcNow(), _time.GetElapsedTime(started)));

            _changed.TrySetResult();
        }
    }

    /// <summary>Step 4: writes the results of attempts, the pending deliveries and the cursor in one transaction. True if attempts have ended, so that others may start.</summary>
    private bool Write()
    {
        List<(Ended Ended, DeliveryRow Row, TimeSpan? Again)> results;
        List<DeliveryRow> waiting;
        lock (_gate)
        {
            foreach (var busy in _ended.Where(e => e.Outcome.Verdict == DeliveryVerdict.Busy).ToList())
            {
                _ended.Remove(busy);
                Settle(busy, busy.Head.Attempt, busy.Outcome.RetryAfter ?? TimeSpan.FromSeconds(1));
            }

            results = [.. _ended.Select(Judge)];

            // An event whose attempt starts at once gets its row only when the attempt has ended, or with the next write.
            var mustWait = _fresh.Count > _busy.Count(_fresh.Contains);
            if (results.Count == 0 && !mustWait && _taken - _stored < BatchSize)
                return false;

            waiting = [.. _fresh.Except(results.Select(r => r.Row.Seq)).Order().Select(Waits)];
        }

        var taken = _taken;
        var gone = services.Store.Save(hook, waiting, [.. results.Select(r => (r.Row, _fresh.Contains(r.Row.Seq)))], wants is null ? null : taken);
        var receiverGone = false;
        lock (_gate)
        {
            _stored = taken;
            foreach (var row in waiting.Concat(results.Select(r => r.Row)))
                _fresh.Remove(row.Seq);

            // Those that have ended meanwhile stand behind them.
            _ended.RemoveRange(0, results.Count);
            foreach (var (ended, row, again) in results)
            {
                // Retention has deleted the row in the meantime: there is no retry and no dead letter.
                var kept = !gone.Contains(row.Seq);
                _dead += kept && row.State == DeliveryState.Dead ? 1 : 0;
                Settle(ended, row.Attempt, kept ? again : null);
                receiverGone |= ended.Outcome.Verdict == DeliveryVerdict.Gone;
            }
        }

        results.ForEach(r => Tell(r.Ended, r.Row, r.Again));
        if (receiverGone)
            Pause("the receiver has answered that it is gone (410)");

        return results.Count > 0;
    }

    /// <summary>An event; null if it is no longer kept.</summary>
    private StoredEvent? Find(long sequence)
    {
        lock (_gate)
        {
            if (_read.TryGetValue(sequence, out var read))
                return read;
        }

        return services.Events.Find(sequence);
    }

    private DeliveryAttempt AttemptOf(StoredEvent e, int number) => new(e.Event, e.Envelope(services.Domain), number);

    private Task Changed()
    {
        lock (_gate)
        {
            if (_changed.Task.IsCompleted)
                _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

            return _changed.Task;
        }
    }

    private void Wake()
    {
        lock (_gate)
            _changed.TrySetResult();
    }
}
