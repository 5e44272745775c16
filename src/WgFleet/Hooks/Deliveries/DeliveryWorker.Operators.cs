using WgFleet.Store;

namespace WgFleet.Hooks.Deliveries;

/// <summary>What operators do to a lane while it works.</summary>
internal sealed partial class DeliveryWorker
{
    private static readonly TimeSpan Recount = TimeSpan.FromMinutes(1);

    private long _counted;

    /// <summary>How many dead letters it has. Counted in the database once a minute, since retention deletes old ones.</summary>
    public int DeadLetters
    {
        get
        {
            lock (_gate)
            {
                if (_time.GetElapsedTime(_counted) > Recount)
                    (_dead, _counted) = (_store.Count(_hook, DeliveryRow.Dead), _time.GetTimestamp());

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

    /// <summary>Tries dead letters again from the start, each behind what waits for its client; returns how many. Blocks for the database.</summary>
    /// <param name="sequence">The one event; null for all.</param>
    public int RetryDead(long? sequence)
    {
        var revived = _store.Revive(_hook, sequence);
        lock (_gate)
        {
            _dead -= revived.Count;
            foreach (var row in revived)
                _queue.Add(new Pending(row.Seq, row.Subject ?? "", 0, DateTimeOffset.UnixEpoch, row.Replayed));
        }

        Wake();
        return revived.Count;
    }

    /// <summary>Forgets dead letters; returns how many. Blocks for the database.</summary>
    /// <param name="sequence">The one event; null for all.</param>
    public int DropDead(long? sequence)
    {
        var dropped = _store.Drop(_hook, sequence);
        lock (_gate)
            _dead -= dropped;

        return dropped;
    }

    /// <summary>Drops what waits of events up to this number: its rows are deleted.</summary>
    public void Forget(long upTo)
    {
        lock (_gate)
            _queue.Forget(upTo);

        Wake();
    }

    /// <summary>Pauses the lane, or lets it go on (null). What is under way ends.</summary>
    public void Pause(string? reason)
    {
        _store.SetPaused(_hook, reason);
        lock (_gate)
            _paused = reason;

        Wake();
    }

    /// <summary>Delivers events again, each behind what waits for its client; returns how many did not wait already. Blocks for the database.</summary>
    public int Replay(IReadOnlyList<EventRow> events)
    {
        var (waiting, dead) = _store.Replay(_hook, events);
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
