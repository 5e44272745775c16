using WgFleet.Hosting;

namespace WgFleet.Hooks.Projections;

/// <summary>
/// Turns any number of requests into few runs: the first starts at once, later ones at least an interval apart, and each covers all requests
/// before it. While each run has many requests to cover, the interval doubles from run to run, up to eightfold. A failed run is repeated
/// until one succeeds, at growing intervals of up to 5 s; a new request brings the repeat forward. Safe for concurrent use.
/// </summary>
/// <remarks>
/// <see cref="LoopAsync"/> makes the runs. Everything that can fail happens there: requests and the timer only wake it. It continues at once on the
/// thread that wakes it, so with a manual clock and a synchronous run every step is deterministic.
/// </remarks>
internal sealed class Coalescer : IDisposable
{
    private static readonly Backoff Retries = new(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(5), Jitter: 0);

    /// <summary>Number of requests from which on a run belongs to a storm.</summary>
    private const int Many = 50;

    private const int MostDoubled = 8;

    private readonly Lock _gate = new();
    private readonly Func<CancellationToken, Task<bool>> _run;
    private readonly TimeSpan _minInterval;
    private readonly TimeSpan? _resync;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    // Requests are counted: those a run covers were made before it started, and are done once it succeeds.
    private long _requested;
    private long _covered;
    private long _done;

    private TaskCompletionSource<bool> _thisRun = NewRun();
    private TaskCompletionSource<bool> _nextRun = NewRun();

    // Set while the loop waits for a run to be due.
    private TaskCompletionSource? _asleep;
    private bool _running;
    private bool _draining;
    private bool _disposed;
    private int _failures;
    private long? _started;
    private long _ended;
    private TimeSpan _interval;
    private TimeSpan _pause;

    /// <param name="run">Makes a run; true if it succeeded. Reports failures itself.</param>
    /// <param name="minInterval">Time between the starts of two runs; twice the last run's duration if that is more. Zero: each run may start when the last one has ended.</param>
    /// <param name="time">The clock.</param>
    /// <param name="resync">How long after the end of a run the next one starts without a request; null for never.</param>
    public Coalescer(Func<CancellationToken, Task<bool>> run, TimeSpan minInterval, TimeProvider time, TimeSpan? resync = null)
    {
        _run = run;
        _minInterval = _interval = _pause = minInterval;
        _resync = resync;
        _time = time;
        _timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Makes one run after the other, each when it is due, until it is cancelled. One caller at a time; may be called again after a fault.</summary>
    /// <param name="works">Called after each run that ended, whether it succeeded or not.</param>
    /// <param name="stoppingToken">Ends the loop and cancels the run under way.</param>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    /// <exception cref="Exception">The exception of the run, which counts as failed and is repeated when the loop is called again.</exception>
    public async Task LoopAsync(Action works, CancellationToken stoppingToken)
    {
        using var wakes = stoppingToken.UnsafeRegister(static coalescer => ((Coalescer)coalescer!).Wake(), this);
        while (true)
        {
            while (Next(stoppingToken) is { } asleep)
                await asleep;

            stoppingToken.ThrowIfCancellationRequested();
            var succeeded = false;
            try
            {
                succeeded = await _run(stoppingToken);
            }
            finally
            {
                End(succeeded);
            }

            works();
        }
    }

    /// <summary>Asks for a run that starts after this call, for one change or for several. Never blocks.</summary>
    public void Request(int changes = 1) => _ = RequestAsync(changes);

    /// <summary>Asks for a run that starts after this call; completes when it has ended, true if it succeeded.</summary>
    public Task<bool> RequestAsync(int changes = 1)
    {
        Task<bool> run;
        lock (_gate)
        {
            _requested += changes;
            run = _nextRun.Task;
        }

        Push();
        return run;
    }

    /// <summary>
    /// True once a run has succeeded that covers all requests made so far; false as soon as one that covers them has
    /// failed, or at once if none can start <paramref name="within"/> that time.
    /// </summary>
    public Task<bool> WaitAsync(TimeSpan within)
    {
        lock (_gate)
        {
            if (_done == _requested)
                return Task.FromResult(true);

            if (_disposed || (!_running && TimeToStart() > within))
                return Task.FromResult(false);

            return _running && _covered == _requested ? _thisRun.Task : _nextRun.Task;
        }
    }

    /// <summary>Makes the remaining run without keeping the interval, until it has succeeded; after a failure it still backs off.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            _draining = true;

        Push();
        while (!await WaitAsync(TimeSpan.MaxValue).WaitAsync(cancellationToken))
        {
            if (_disposed)
                return;
        }
    }

    /// <summary>Starts no more runs and ends all waits with a failure. The run under way ends when the loop is cancelled.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;

            _disposed = true;
            _thisRun.TrySetResult(false);
            _nextRun.TrySetResult(false);
        }

        _timer.Dispose();
    }

    private static TaskCompletionSource<bool> NewRun() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>After a request: wakes the loop if a run is due now, or sets the timer for it.</summary>
    private void Push()
    {
        lock (_gate)
        {
            if (_asleep is null || _disposed || (TimeToStart() is var wait && wait is null))
                return;

            if (wait > TimeSpan.Zero)
            {
                SetTimer(wait.Value);
                return;
            }
        }

        Wake();
    }

    // Outside the lock, because the loop continues within this call.
    private void Wake()
    {
        TaskCompletionSource? asleep;
        lock (_gate)
            (asleep, _asleep) = (_asleep, null);

        asleep?.TrySetResult();
    }

    /// <summary>What to wait for before looking again; null if a run has begun, or the loop is to end.</summary>
    private Task? Next(CancellationToken stoppingToken)
    {
        lock (_gate)
        {
            if (stoppingToken.IsCancellationRequested)
                return null;

            if (_done == _requested && TimeToResync() <= TimeSpan.Zero)
                _requested++;

            var wait = _disposed ? null : TimeToStart() ?? TimeToResync();
            if (wait <= TimeSpan.Zero)
            {
                Begin();
                return null;
            }

            _asleep = new TaskCompletionSource();
            if (wait is { } time)
                SetTimer(time);

            return _asleep.Task;
        }
    }

    // Timers cut off fractions of a millisecond: a timer that fires early would only be set again.
    private void SetTimer(TimeSpan wait) => _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);

    private void Begin()
    {
        _running = true;
        _started = _time.GetTimestamp();
        _pause = _requested - _covered < Many ? _minInterval : _pause < MostDoubled * _minInterval ? 2 * _pause : _pause;
        _covered = _requested;
        (_thisRun, _nextRun) = (_nextRun, NewRun());
    }

    private void End(bool succeeded)
    {
        lock (_gate)
        {
            _running = false;
            _ended = _time.GetTimestamp();
            var twice = 2 * _time.GetElapsedTime(_started!.Value, _ended);
            _interval = twice > _pause && _minInterval > TimeSpan.Zero ? twice : _pause;
            _failures = succeeded ? 0 : _failures + 1;
            if (succeeded)
                _done = _covered;

            _thisRun.TrySetResult(succeeded);
        }
    }

    private TimeSpan? TimeToResync() => _resync is { } resync && _started is not null ? resync - _time.GetElapsedTime(_ended) : null;

    /// <summary>How long until the next run is due: null if none is needed, zero or less if it is due now.</summary>
    private TimeSpan? TimeToStart()
    {
        if (_done == _requested)
            return null;

        TimeSpan? retry = _failures == 0 ? null : Retries.Delay(_failures) - _time.GetElapsedTime(_ended);
        if (_requested == _covered || (_draining && retry is not null))
            return retry;

        var fresh = _draining || _started is not { } started ? TimeSpan.Zero : _interval - _time.GetElapsedTime(started);
        return retry < fresh ? retry : fresh;
    }
}
