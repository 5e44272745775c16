using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using System.Threading.Tasks.Sources;

namespace WgFleet.Hooks;

/// <summary>
/// Calls one hook's code so that nothing it does harms the rest: what it throws is returned, its time is limited, and a
/// call that never returns is left behind. One call at a time. A call that ends without awaiting allocates nothing.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A source without a timer of its own holds nothing.")]
internal sealed partial class HookRunner : IValueTaskSource<HookOutcome>
{
    /// <summary>What a hook is given after its timeout to heed its token.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly string _name;
    private readonly TimeSpan _timeout;
    private readonly HookStatus _status;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    // An event that comes again and one that is new may come at once, from two lanes. A channel of one token: nothing to dispose of.
    private readonly Channel<bool> _turn = Channel.CreateBounded<bool>(1);

    // Guards the phase and what belongs to it: the call, the alarm and whoever stops may be on three threads.
    private readonly Lock _gate = new();
    private readonly ITimer _alarm;
    private readonly Action _awaited;
    private ManualResetValueTaskSourceCore<HookOutcome> _result;
    private Func<CancellationToken, ValueTask> _call = _ => ValueTask.CompletedTask;
    private ValueTaskAwaiter _awaiting;
    private HookOutcome _outcome;
    private CancellationTokenSource _cancel = new();
    private CancellationToken _stopping;
    private CancellationTokenRegistration _stop;
    private Phase _phase;
    private Exception? _overrun;
    private long _started;
    private long _cancelled;
    private bool _armed;

    public HookRunner(string name, TimeSpan timeout, HookStatus status, TimeProvider time, ILogger log)
    {
        (_name, _timeout, _status, _time, _log) = (name, timeout, status, time, log);
        _alarm = time.CreateTimer(static runner => ((HookRunner)runner!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _awaited = () =>
        {
            if (End(ErrorOf(_awaiting)))
                Tell(goOnHere: false);
        };
    }

    private enum Phase
    {
        Idle,
        Running,
        Cancelled,
        LeftBehind,
    }

    /// <summary>Called when a call that was left behind has returned after all.</summary>
    public Action? CameBack { get; set; }

    /// <summary>Calls the hook on a thread of the hooks, when its turn comes. Never throws. To be awaited once.</summary>
    public ValueTask<HookOutcome> RunAsync(Func<CancellationToken, ValueTask> call, CancellationToken stoppingToken) =>
        _turn.Writer.TryWrite(true) ? Start(call, stoppingToken) : RunLaterAsync(call, stoppingToken);

    /// <summary>Makes the call, on a thread that it may block; true if its end is to be told, by <see cref="Tell()"/>.</summary>
    internal bool Call()
    {
        try
        {
            _awaiting = AwaiterOf(_call(_cancel.Token));
            if (!_awaiting.IsCompleted)
            {
                _awaiting.UnsafeOnCompleted(_awaited);
                return false;
            }
        }
        catch (Exception e)
        {
            return End(e);
        }

        return End(ErrorOf(_awaiting));
    }

    /// <summary>Lets who waits for the call go on, on this thread.</summary>
    internal void Tell() => Tell(goOnHere: true);

    HookOutcome IValueTaskSource<HookOutcome>.GetResult(short token)
    {
        var outcome = _result.GetResult(token);
        _turn.Reader.TryRead(out _);
        return outcome;
    }

    ValueTaskSourceStatus IValueTaskSource<HookOutcome>.GetStatus(short token) => _result.GetStatus(token);

    void IValueTaskSource<HookOutcome>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _result.OnCompleted(continuation, state, token, flags);

    private static ValueTaskAwaiter AwaiterOf(ValueTask running) => running.GetAwaiter();

    private static Exception? ErrorOf(ValueTaskAwaiter ended)
    {
        try
        {
            ended.GetResult();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private async ValueTask<HookOutcome> RunLaterAsync(Func<CancellationToken, ValueTask> call, CancellationToken stoppingToken)
    {
        await _turn.Writer.WriteAsync(true, CancellationToken.None);
        return await Start(call, stoppingToken);
    }

    private ValueTask<HookOutcome> Start(Func<CancellationToken, ValueTask> call, CancellationToken stoppingToken)
    {
        if (_status.Stuck)
        {
            _turn.Reader.TryRead(out _);
            return new(new HookOutcome(new TimeoutException("an earlier call has not returned"), TimeSpan.Zero));
        }

        if (stoppingToken != _stopping)
        {
            _stop.Dispose();
            (_stopping, _stop) = (stoppingToken, stoppingToken.UnsafeRegister(static runner => ((HookRunner)runner!).Stop(), this));
        }

        lock (_gate)
        {
            _result.Reset();
            (_call, _overrun, _phase, _started) = (call, null, Phase.Running, _time.GetTimestamp());
            if (!_armed)
                Arm(_timeout);
        }

        // It may have come before there was something to stop.
        if (stoppingToken.IsCancellationRequested)
            Stop();

        HookThread.Run(this);
        return new(this, _result.Version);
    }

    /// <summary>A call is over; true if somebody still waits for it.</summary>
    private bool End(Exception? error)
    {
        Phase before;
        TimeSpan took;
        lock (_gate)
        {
            took = _time.GetElapsedTime(_started);
            (before, _phase) = (_phase, Phase.Idle);
        }

        if (before is Phase.Idle)
            return false;

        // What the hook hung on a token that was cancelled may still be running: that one is not used again.
        if (before is not Phase.Running || !_cancel.TryReset())
            _cancel = new();

        if (before is Phase.LeftBehind)
        {
            _status.CameBack();
            Log.CameBack(_log, _name, took.TotalSeconds);
            CameBack?.Invoke();
            return false;
        }

        Note(new HookOutcome(_overrun ?? error, took));
        return true;
    }

    private void Note(HookOutcome outcome)
    {
        _outcome = outcome;
        if (outcome.Error is null)
            _status.Succeeded(_time.GetUtcNow(), outcome.Took);
        else
            _status.Failed(_time.GetUtcNow(), outcome.Took, outcome.Error.Message);
    }

    private void Tell(bool goOnHere)
    {
        _result.RunContinuationsAsynchronously = !goOnHere;
        _result.SetResult(_outcome);
    }

    private void Stop()
    {
        lock (_gate)
        {
            if (_phase == Phase.Running)
                Cancel(new OperationCanceledException("the server stopped before it was done"));
        }
    }

    // The alarm is set once for many calls: setting it for each would cost more than most calls. When it rings, it looks
    // whether a call has run for too long by then, and how long that will take if not.
    private void Ring()
    {
        TimeSpan took;
        lock (_gate)
        {
            _armed = false;
            took = _time.GetElapsedTime(_started);
            if (_phase == Phase.Running && took < _timeout)
                Arm(_timeout - took);
            else if (_phase == Phase.Running)
                Cancel(new TimeoutException($"took longer than {_timeout.TotalSeconds:0.###} s"));
            else if (_phase == Phase.Cancelled && _time.GetElapsedTime(_cancelled) is var since && since < Grace)
                Arm(Grace - since);

            if (_armed || _phase != Phase.Cancelled)
                return;

            _phase = Phase.LeftBehind;
            _status.GotStuck();
        }

        Log.Stuck(_log, _name, took.TotalSeconds);
        Note(new HookOutcome(_overrun, took));
        Tell(goOnHere: false);
    }

    private void Cancel(Exception overrun)
    {
        (_phase, _overrun, _cancelled) = (Phase.Cancelled, overrun, _time.GetTimestamp());

        // On the pool and unawaited: what the hook hung on its token may block as well.
        _ = _cancel.CancelAsync();
        Arm(Grace);
    }

    private void Arm(TimeSpan after)
    {
        _armed = true;

        // Timers count whole milliseconds, and one that rings too early only has to be set again.
        _alarm.Change(TimeSpan.FromMilliseconds(Math.Ceiling(after.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Hook {Hook} is stuck: after {Seconds:0.#} s it has neither returned nor heeded its cancellation token; it is not called again until it returns, the other hooks go on")]
        public static partial void Stuck(ILogger log, string hook, double seconds);

        [LoggerMessage(2, LogLevel.Warning, "Hook {Hook} has returned after {Seconds:0.#} s and is called again")]
        public static partial void CameBack(ILogger log, string hook, double seconds);
    }
}

/// <summary>How a call of a hook ended.</summary>
/// <param name="Error">Why it failed; null if it went well.</param>
/// <param name="Took">How long it took, or ran before it was left behind.</param>
internal readonly record struct HookOutcome(Exception? Error, TimeSpan Took);
