namespace WgFleet.Fleets;

/// <summary>
/// How long callers wait for an interface that does not answer: 1 s, 0.2 ms for each peer that is read, and 1 ms for each that changes, because
/// userspace WireGuard needs time for each. After that the operation on the interface continues until the driver's timeout.
/// </summary>
internal sealed class Patience : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _reading;
    private readonly Lock _gate = new();
    private readonly Action<TimeSpan> _stalled;
    private readonly ITimer _timer;
    private TimeSpan _limit;
    private bool _ended;

    /// <param name="time">Tells the time.</param>
    /// <param name="peers">How many peers the interface has.</param>
    /// <param name="stalled">Called once if there is no answer for that long, and never after <see cref="End"/>.</param>
    public Patience(TimeProvider time, int peers, Action<TimeSpan> stalled)
    {
        _stalled = stalled;
        _limit = _reading = Limit + (peers * TimeSpan.FromMilliseconds(0.2));
        _timer = time.CreateTimer(_ => Stall(), null, _limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Starts to wait, for a change of this many peers.</summary>
    public void Extend(int peers)
    {
        lock (_gate)
        {
            if (_ended)
                return;

            _limit = _reading + TimeSpan.FromMilliseconds(peers);
            _timer.Change(_limit, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The interface has answered.</summary>
    public void End()
    {
        lock (_gate)
            _ended = true;
    }

    public void Dispose()
    {
        End();
        _timer.Dispose();
    }

    private void Stall()
    {
        lock (_gate)
        {
            if (_ended)
                return;

            _ended = true;
            _stalled(_limit);
        }
    }
}
