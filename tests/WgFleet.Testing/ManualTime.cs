namespace WgFleet.Testing;

/// <summary>A clock that stands still until <see cref="Advance"/> moves it, which fires the timers that are due, in order, on the caller's thread.</summary>
public sealed class ManualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly List<(TimeSpan DueTime, TaskCompletionSource Seen)> _watchers = [];
    private DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return _now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Moves the clock, and fires each timer at its time.</summary>
    public void Advance(TimeSpan by)
    {
        var end = GetUtcNow() + by;
        while (NextDue(end) is { } timer)
            timer.Fire();

        lock (_gate)
            _now = end;
    }

    /// <summary>
    /// Completes as soon as code waits on the clock for exactly this long from now. A test awaits this before it advances the clock, so
    /// that the wait which it wants to end has begun.
    /// </summary>
    public Task SomebodyWaitsAsync(TimeSpan dueTime)
    {
        lock (_gate)
        {
            if (_timers.Exists(t => t.Due == _now + dueTime))
                return Task.CompletedTask;

            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _watchers.Add((dueTime, seen));
            return seen.Task;
        }
    }

    /// <summary>How long until the next timer fires; null if none is set.</summary>
    public TimeSpan? UntilNextTimer
    {
        get
        {
            lock (_gate)
                return _timers.Count == 0 ? null : _timers.Min(t => t.Due!.Value) - _now;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? NextDue(DateTimeOffset end)
    {
        lock (_gate)
        {
            if (_timers.MinBy(t => t.Due) is not { } first || first.Due > end)
                return null;

            _now = first.Due!.Value > _now ? first.Due.Value : _now;
            first.Passed();
            return first;
        }
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;
        private bool _disposed;

        /// <summary>When it fires next; in <see cref="_timers"/> only while this is set.</summary>
        public DateTimeOffset? Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                if (_disposed)
                    return false;

                _period = period;
                Set(dueTime);
                return true;
            }
        }

        public void Fire() => callback(state);

        public void Passed() => Set(_period > TimeSpan.Zero ? _period : Timeout.InfiniteTimeSpan);

        public void Dispose()
        {
            lock (time._gate)
            {
                _disposed = true;
                Set(Timeout.InfiniteTimeSpan);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Set(TimeSpan dueTime)
        {
            time._timers.Remove(this);
            Due = dueTime == Timeout.InfiniteTimeSpan ? null : time._now + dueTime;
            if (Due is null)
                return;

            time._timers.Add(this);
            foreach (var watcher in time._watchers.Where(w => w.DueTime == dueTime))
                watcher.Seen.TrySetResult();

            time._watchers.RemoveAll(w => w.DueTime == dueTime);
        }
    }
}
