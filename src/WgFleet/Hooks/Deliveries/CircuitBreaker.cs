using WgFleet.Hosting;

namespace WgFleet.Hooks.Deliveries;

/// <summary>
/// Detects that a receiver is down, and then allows only one attempt at a time at growing intervals, so that the other deliveries use up
/// no attempts. The first success closes it. The failures of a single client never open it. Not safe for concurrent use.
/// </summary>
internal sealed class CircuitBreaker(TimeProvider time)
{
    private const int OpensAt = 5;
    private static readonly Backoff Pauses = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), Jitter: 0);

    private readonly HashSet<string> _failing = [];
    private int _failedWhileOpen;
    private long? _probeFrom;

    public bool IsOpen => _failing.Count >= OpensAt;

    /// <summary>How long until the next delivery may try, whatever happens to the clock meanwhile; zero or less for now.</summary>
    public TimeSpan ProbeIn => _probeFrom is { } from ? Pauses.Delay(1 + _failedWhileOpen) - time.GetElapsedTime(from) : TimeSpan.Zero;

    public void Succeeded()
    {
        _failing.Clear();
        _failedWhileOpen = 0;
        _probeFrom = null;
    }

    public void Failed(string subject)
    {
        if (IsOpen)
            _failedWhileOpen++;
        else
            _failing.Add(subject);

        if (IsOpen)
            _probeFrom = time.GetTimestamp();
    }
}
