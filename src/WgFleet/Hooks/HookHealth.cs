namespace WgFleet.Hooks;

/// <summary>The results of the calls of one hook since the server started. In memory; safe for concurrent use, each figure by itself.</summary>
internal sealed class HookHealth
{
    private readonly Lock _gate = new();
    private long _runs;
    private long _failures;
    private Failure? _lastFailure;
    private long _lastSuccess;
    private long _failingSince;
    private volatile bool _stuck;

    /// <summary>Calls that ended or got stuck, failed ones included.</summary>
    public long Runs => Volatile.Read(ref _runs);

    /// <summary>Calls that threw, took too long or never returned.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Whether a call has not returned; no other starts until it does.</summary>
    public bool Stuck
    {
        get => _stuck;
        set => _stuck = value;
    }

    /// <summary>The last failure; null if there was none.</summary>
    public Failure? LastFailure => Volatile.Read(ref _lastFailure);

    /// <summary>When a call last succeeded; null if none has.</summary>
    public DateTimeOffset? LastSuccess =>
        Volatile.Read(ref _lastSuccess) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Whether the last call failed.</summary>
    public bool Failing => LastFailure is { } failure && !(LastSuccess > failure.At);

    /// <summary>When the first of the calls failed that have failed in a row since the last success; null if the last call did not fail.</summary>
    public DateTimeOffset? FailingSince => Failing ? new DateTimeOffset(Volatile.Read(ref _failingSince), TimeSpan.Zero) : null;

    public void Succeeded(DateTimeOffset now)
    {
        lock (_gate)
        {
            _runs++;
            _lastSuccess = now.UtcTicks;
        }
    }

    public void Failed(DateTimeOffset now, string error)
    {
        lock (_gate)
        {
            if (!Failing)
                _failingSince = now.UtcTicks;

            _runs++;
            _failures++;
            _lastFailure = new Failure(now, error);
        }
    }

    /// <summary>What went wrong, and when.</summary>
    internal sealed record Failure(DateTimeOffset At, string Error);
}
