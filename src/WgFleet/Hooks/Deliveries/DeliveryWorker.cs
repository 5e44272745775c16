using WgFleet.Events;
using WgFleet.Metrics;
using WgFleet.Store;

namespace WgFleet.Hooks.Deliveries;

/// <summary>
/// Works one hook's deliveries: as many at once as it may, never two of one client, each until it has arrived or is given
/// up. What waits is in the database, so whatever ends this process, the next one goes on with it.
/// </summary>
internal sealed partial class DeliveryWorker : IAsyncDisposable
{
    private readonly string _hook;
    private readonly IDelivery _delivery;
    private readonly int _concurrency;
    private readonly string _domain;
    private readonly EventLog _events;
    private readonly HookStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HookStatus? _status;
    private readonly Lock _gate = new();
    private readonly DeliveryQueue _queue = new();
    private readonly CircuitBreaker _breaker;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _running = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _underWay;
    private volatile string? _paused;
    private int _dead;
    private Task _loop = Task.CompletedTask;

    public DeliveryWorker(
        string hook, IDelivery delivery, int concurrency, string domain, EventLog events, HookStore store, HookStatus? status, TimeProvider time, ILogger log)
    {
        (_hook, _delivery, _concurrency, _domain, _events, _store, _status, _time, _log) =
            (hook, delivery, concurrency, domain, events, store, status, time, log);
        _breaker = new CircuitBreaker(time);
    }

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

    /// <summary>Takes up what the database says is waiting. Blocks for the database.</summary>
    public void Start(string? paused)
    {
        _paused = paused;
        (_dead, _counted) = (_store.Count(_hook, DeliveryRow.Dead), _time.GetTimestamp());
        foreach (var row in _store.Waiting(_hook))
            _queue.Add(ToPending(row));

        _loop = Task.Run(RunAsync);
    }

    /// <summary>Whether something of this client waits, so that what comes later must wait behind it.</summary>
    public bool Holds(string subject)
    {
        lock (_gate)
            return _queue.Holds(subject);
    }

    /// <summary>Takes over deliveries, entered in the database in one transaction with the move of the cursor.</summary>
    public void Add(IReadOnlyList<DeliveryRow> rows, long? cursor)
    {
        _store.Enqueue(_hook, rows, cursor);
        lock (_gate)
        {
            foreach (var row in rows)
                _queue.Add(ToPending(row));
        }

        Wake();
    }

    /// <summary>Starts nothing new, cancels what is under way and waits for its end; its rows go on waiting.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            var (changed, wait) = StartDue();
            using var alarm = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            var sleep = wait is { } until ? Task.Delay(until, _time, alarm.Token) : Task.Delay(Timeout.Infinite, alarm.Token);
            await Task.WhenAny(changed, sleep);
            await alarm.CancelAsync();
            await sleep.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Starts what is due; returns what to wait for then.</summary>
    private (Task Changed, TimeSpan? Wait) StartDue()
    {
        lock (_gate)
        {
            _running.RemoveAll(t => t.IsCompleted);
            var now = _time.GetUtcNow();
            while (_paused is null && _underWay < (_breaker.IsOpen ? 1 : _concurrency) && _breaker.ProbeAt <= now && _queue.Take(now) is { } next)
            {
                _underWay++;
                _running.Add(Task.Run(() => WorkAsync(next)));
            }

            if (_changed.Task.IsCompleted)
                _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

            var due = _paused is null && _underWay < _concurrency ? _queue.NextDue : null;
            if (due is { } at && at < _breaker.ProbeAt)
                due = _breaker.ProbeAt;

            // A running probe wakes the loop when it ends; until then there is nothing to be early for.
            var wait = due is { } then && !(_breaker.IsOpen && _underWay > 0) ? then - now : (TimeSpan?)null;
            return (_changed.Task, wait is { } span && span < TimeSpan.Zero ? TimeSpan.Zero : wait);
        }
    }

    private async Task WorkAsync(Pending head)
    {
        try
        {
            if (_events.Find(head.Sequence) is not { } found)
            {
                End(head, null, new DeliveryOutcome(DeliveryVerdict.Rejected) { Error = "the event is no longer kept" }, TimeSpan.Zero);
                return;
            }

            var e = head.Replayed ? found with { Replayed = true } : found;
            var started = _time.GetTimestamp();
            var outcome = await _delivery.DeliverAsync(new DeliveryAttempt(e, EventEnvelope.Write(e, _domain), head.Attempt + 1), _stopping.Token);
            End(head, e, outcome, _time.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The row goes on waiting for the next process.
        }
        catch (Exception e)
        {
            // The database, most likely: the row is as it was, so try again as if nothing had been.
            Log.NotRecorded(_log, _hook, head.Sequence, e);
            lock (_gate)
                _queue.Retry(head with { DueAt = _time.GetUtcNow() + TimeSpan.FromSeconds(5) });
        }
        finally
        {
            lock (_gate)
            {
                _underWay--;
                _changed.TrySetResult();
            }
        }
    }

    private void End(Pending head, FleetEvent? told, DeliveryOutcome outcome, TimeSpan took)
    {
        var now = _time.GetUtcNow();
        if (outcome.Verdict == DeliveryVerdict.Busy)
        {
            lock (_gate)
                _queue.Retry(head with { DueAt = now + (outcome.RetryAfter ?? TimeSpan.FromSeconds(1)) });
            return;
        }

        var attempt = head.Attempt + 1;
        var again = outcome.Verdict is DeliveryVerdict.Retry or DeliveryVerdict.Gone ? _delivery.DelayBefore(attempt + 1) : null;
        if (again is { } delay && outcome.RetryAfter > delay)
            again = outcome.RetryAfter;

        FleetMeter.Called(
            _hook, told?.Type ?? "unknown",
            outcome.Verdict == DeliveryVerdict.Delivered ? FleetMeter.Ok : again is null ? FleetMeter.Dead : FleetMeter.Failed,
            took);

        var dueAt = now + (again ?? TimeSpan.Zero);
        var kept = _store.Record(new DeliveryRow
        {
            Hook = _hook,
            Seq = head.Sequence,
            State = outcome.Verdict == DeliveryVerdict.Delivered ? DeliveryRow.Done : again is null ? DeliveryRow.Dead : DeliveryRow.Pending,
            Attempt = attempt,
            NextAt = dueAt.ToUnixTimeMilliseconds(),
            Code = outcome.Code,
            Error = outcome.Error,
            Response = outcome.Response,
            TookMs = (long)took.TotalMilliseconds,
            EndedAt = now.ToUnixTimeMilliseconds(),
        });

        // Retention has deleted it meanwhile: there is nothing to try again, and no dead letter.
        if (!kept)
            again = null;

        lock (_gate)
        {
            if (kept && again is null && outcome.Verdict != DeliveryVerdict.Delivered)
                _dead++;

            if (again is null)
                _queue.Finish(head);
            else
                _queue.Retry(head with { Attempt = attempt, DueAt = dueAt });

            if (outcome.Verdict == DeliveryVerdict.Delivered)
                _breaker.Succeeded();
            else
                _breaker.Failed(head.Subject);
        }

        Tell(head, outcome, attempt, again, now, took);
        if (outcome.Verdict == DeliveryVerdict.Gone)
            Pause("the receiver has answered that it is gone (410)");
    }

    private void Tell(Pending head, DeliveryOutcome outcome, int attempt, TimeSpan? again, DateTimeOffset now, TimeSpan took)
    {
        if (outcome.Verdict == DeliveryVerdict.Delivered)
        {
            _status?.Succeeded(now, took);
            return;
        }

        var error = outcome.Error ?? outcome.Code ?? "no reason given";
        _status?.Failed(now, took, error);
        if (again is { } delay)
            Log.Failed(_log, _hook, head.Sequence, attempt, delay.TotalSeconds, error);
        else
            Log.Dead(_log, _hook, head.Sequence, attempt, error);
    }

    private static Pending ToPending(DeliveryRow row) =>
        new(row.Seq, row.Subject ?? "", row.Attempt, DateTimeOffset.FromUnixTimeMilliseconds(row.NextAt), row.Replayed);

    private void Wake()
    {
        lock (_gate)
            _changed.TrySetResult();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Hook {Hook} failed on event {Sequence}, attempt {Attempt}, next in {Seconds:0} s: {Error}")]
        public static partial void Failed(ILogger log, string hook, long sequence, int attempt, double seconds, string error);

        [LoggerMessage(2, LogLevel.Error, "Hook {Hook} gave event {Sequence} up after {Attempt} attempts, it is a dead letter now: {Error}")]
        public static partial void Dead(ILogger log, string hook, long sequence, int attempt, string error);

        [LoggerMessage(3, LogLevel.Error, "Hook {Hook}: how event {Sequence} ended could not be written down, trying again")]
        public static partial void NotRecorded(ILogger log, string hook, long sequence, Exception e);
    }
}
