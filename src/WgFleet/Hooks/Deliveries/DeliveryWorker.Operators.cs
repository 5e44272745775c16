using WgFleet.Store;

namespace WgFleet.Hooks.Deliveries;

/// <summary>The operations of operators on a hook's deliveries. All methods block for the database.</summary>
internal sealed partial class DeliveryWorker
{
    private static readonly TimeSpan Recount = TimeSpan.FromMinutes(1);

    private int _dead;
    private long _counted;

    /// <summary>How many dead letters the hook has. Counted in the database once a minute, since retention deletes old ones.</summary>
    public int DeadLetters
    {
        get
        {
            lock (_gate)
            {
                if (_time.GetElapsedTime(_counted) > Recount)
                    (_dead, _counted) = (services.Store.Count(hook, DeliveryState.Dead), _time.GetTimestamp());

                return _dead;
            }
        }
    }

    /// <summary>Whether an event up to this number still waits or is under way.</summary>
    public bool HoldsUpTo(long sequence)
    {
        lock (_gate)
            return _queue.HoldsUpTo(sequence);
    }

    /// <summary>Tries dead letters again from the first attempt, each after the waiting events of its client; returns how many.</summary>
    /// <param name="sequence">The one event; null for all.</param>
    public int RetryDead(long? sequence)
    {
        var revived = services.Store.Revive(hook, sequence);
        lock (_gate)
        {
            _dead -= revived.Count;
            foreach (var row in revived)
                _queue.Add(new Pending(row.Seq, row.Subject ?? "", 0, DateTimeOffset.UnixEpoch, row.Replayed));
        }

        Wake();
        return revived.Count;
    }

    /// <summary>Drops dead letters; returns how many.</summary>
    /// <param name="sequence">The one event; null for all.</param>
    public int DropDead(long? sequence)
    {
        var dropped = services.Store.Drop(hook, sequence);
        lock (_gate)
            _dead -= dropped;

        return dropped;
    }

    /// <summary>Drops waiting events up to this number, because retention has deleted them. Does not block.</summary>
    public void Forget(long upTo)
    {
        lock (_gate)
        {
            _queue.Forget(upTo);
            _fresh.RemoveWhere(sequence => sequence <= upTo && !_busy.Contains(sequence));
        }

        Wake();
    }

    /// <summary>Pauses the hook, or resumes it (null). Attempts under way end as usual.</summary>
    public void Pause(string? reason)
    {
        services.Store.SetPaused(hook, reason);
        _paused = reason;
        Wake();
    }

    /// <summary>Delivers events again, each after the waiting events of its client; returns how many were not waiting already.</summary>
    public int Replay(IReadOnlyList<EventRow> events)
    {
        var (waiting, dead) = services.Store.Replay(hook, events);
        lock (_gate)
        {
            _dead -= dead;
            foreach (var row in waiting)
                _queue.Add(new Pending(row.Seq, row.Subject ?? "", 0, DateTimeOffset.UnixEpoch, true));
        }

        Wake();
        return waiting.Count;
    }
}
