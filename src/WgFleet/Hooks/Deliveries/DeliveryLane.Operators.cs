using WgFleet.Store;

namespace WgFleet.Hooks.Deliveries;

/// <summary>What operators do to a lane while it works.</summary>
internal sealed partial class DeliveryLane
{
    /// <summary>How many dead letters it has.</summary>
    public int DeadLetters
    {
        get
        {
            lock (_gate)
                return _dead;
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

    /// <summary>Pauses the lane, or lets it go on (null). What is under way ends.</summary>
    public void Pause(string? reason)
    {
        _store.SetPaused(_hook, reason);
        lock (_gate)
            _paused = reason;

        Wake();
    }
}
