using WgFleet.Store;
using WgFleet.Store.Engine;

namespace WgFleet.Hooks.Deliveries;

/// <summary>The operations of operators on a hook's deliveries. The caller gives the way to write to the database, so that the write and the event of the act are one transaction.</summary>
internal sealed partial class DeliveryWorker
{
    private int _dead;

    /// <summary>How many dead letters the hook has. Whoever makes or deletes one says so here; only the start counts them in the database.</summary>
    public int DeadLetters => Volatile.Read(ref _dead);

    /// <summary>Whether an event up to this number still waits or is under way.</summary>
    public bool HoldsUpTo(long sequence)
    {
        lock (_gate)
            return _queue.HoldsUpTo(sequence);
    }

    /// <summary>Tries dead letters again from the first attempt, each after the waiting events of its client; returns how many.</summary>
    /// <param name="sequence">The one event; null for all.</param>
    /// <param name="write">Writes to the database.</param>
    public async Task<int> RetryDeadAsync(long? sequence, Func<Action<Connection>, Task> write)
    {
        List<DeliveryRow> revived = [];
        await write(c => revived = DeliveryTable.Revive(c, hook, sequence));
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
    /// <param name="write">Writes to the database.</param>
    public async Task<int> DropDeadAsync(long? sequence, Func<Action<Connection>, Task> write)
    {
        var dropped = 0;
        await write(c => dropped = DeliveryTable.DeleteDead(c, hook, sequence));
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
            foreach (var sequence in _read.Keys.Where(sequence => sequence <= upTo && !_busy.Contains(sequence)).ToList())
                _read.Remove(sequence);
        }

        Wake();
    }

    /// <summary>Forgets dead letters that retention has deleted. Does not block.</summary>
    public void ForgetDead(int count)
    {
        lock (_gate)
            _dead -= count;
    }

    /// <summary>Pauses the hook, or resumes it (null), for no operator. Attempts under way end as usual. Blocks.</summary>
    public void Pause(string? reason)
    {
        services.Store.SetPaused(hook, reason);
        _paused = reason;
        Wake();
    }

    /// <summary>Pauses the hook, or resumes it (null). Attempts under way end as usual.</summary>
    /// <param name="reason">Why; null to resume it.</param>
    /// <param name="write">Writes to the database.</param>
    public async Task PauseAsync(string? reason, Func<Action<Connection>, Task> write)
    {
        await write(c => HookStateTable.SetPaused(c, hook, reason));
        _paused = reason;
        Wake();
    }

    /// <summary>Delivers events again, each after the waiting events of its client; returns how many were not waiting already. Blocks.</summary>
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
