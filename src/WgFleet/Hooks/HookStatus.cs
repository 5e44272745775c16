namespace WgFleet.Hooks;

/// <summary>How one hook has fared since the server started. Kept in memory; read by anyone, each figure for itself.</summary>
internal sealed class HookStatus
{
    private readonly Lock _gate = new();
    private long _runs;
    private long _failures;
    private Failure? _lastFailure;
    private long _lastSuccess;
    private long _lastDuration;
    private volatile bool _stuck;

    /// <summary>Calls that ended or were left behind, failed ones included.</summary>
    public long Runs => Volatile.Read(ref _runs);

    /// <summary>Calls that threw, took too long or never returned.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>A call does not return; no other starts until it does.</summary>
    public bool Stuck => _stuck;

    /// <summary>The last failure; null if there was none.</summary>
    public Failure? LastFailure => Volatile.Read(ref _lastFailure);

    /// <summary>When a call last succeeded; null if none has.</summary>
    public DateTimeOffset? LastSuccess =>
        Volatile.Read(ref _lastSuccess) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>How long the last call took.</summary>
    public TimeSpan LastDuration => new(Volatile.Read(ref _lastDuration));

    /// <summary>True if the last call failed.</summary>
    public bool Failing => LastFailure is { } failure && !(LastSuccess > failure.At);

    public void Succeeded(DateTimeOffset now, TimeSpan took)
    {
        lock (_gate)
        {
            _runs++;
            _lastDuration = took.Ticks;
            _lastSuccess = now.UtcTicks;
        }
    }

    public void Failed(DateTimeOffset now, TimeSpan took, string error)
    {
        lock (_gate)
        {
            _runs++;
            _failures++;
            _lastDuration = took.Ticks;
            _lastFailure = new Failure(now, error);
        }
    }

    public void GotStuck() => _stuck = true;

    public void CameBack() => _stuck = false;

    /// <summary>What went wrong, and when.</summary>
    internal sealed record Failure(DateTimeOffset At, string Error);
}
