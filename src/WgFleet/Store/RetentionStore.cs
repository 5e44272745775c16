using WgFleet.Store.Engine;

namespace WgFleet.Store;

/// <summary>
/// Deletes events, deliveries and tombstones that are no longer kept, in small transactions so that nobody waits long for the writer.
/// Only active hooks keep events and pending deliveries; of other hooks the ended deliveries are deleted. All methods block and throw <see cref="StoreException"/>.
/// </summary>
internal sealed class RetentionStore(Database database)
{
    private Sweep _sweep = new(default);

    /// <summary>Deletes up to <paramref name="limit"/> deliveries that arrived or were given up before a time.</summary>
    public DeletedDeliveries DeleteEnded(DateTimeOffset before, int limit) => database.WriteRelaxed(c =>
    {
        var gone = 0;
        var dead = new Dictionary<string, int>();
        foreach (var hook in HookStateTable.All(c).Select(s => s.Hook))
        {
            gone += DeliveryTable.DeleteEnded(c, hook, DeliveryState.Done, before, limit - gone);
            var letters = DeliveryTable.DeleteEnded(c, hook, DeliveryState.Dead, before, limit - gone);
            gone += letters;
            dead[hook] = letters;
        }

        return new DeletedDeliveries(gone, dead);
    });

    /// <summary>
    /// Deletes up to <paramref name="limit"/> events from before a time that all active hooks have had, and of which no active hook
    /// has a pending delivery or a dead letter; returns how many. 0 means that there are no more of them. An event is no newer than a later one: what
    /// was recorded while the clock was ahead is deleted with the events that follow it.
    /// </summary>
    /// <param name="before">The time.</param>
    /// <param name="now">The present: later times are of a clock that was ahead.</param>
    /// <param name="active">The hooks that run.</param>
    /// <param name="limit">How many events at most.</param>
    public int DeleteEvents(DateTimeOffset before, DateTimeOffset now, IReadOnlyCollection<string> active, int limit)
    {
        if (_sweep.Before != before)
            _sweep = new(before);

        while (true)
        {
            var (sweep, deleted, isLast) = database.WriteRelaxed(c => DeleteEvents(c, _sweep, now, active, limit));
            _sweep = sweep;
            if (deleted > 0)
                return deleted;

            if (!isLast)
                continue;

            _sweep = new(default);
            return 0;
        }
    }

    private static (Sweep Sweep, int Deleted, bool IsLast) DeleteEvents(Connection c, Sweep sweep, DateTimeOffset now, IReadOnlyCollection<string> active, int limit)
    {
        if (sweep.Old == sweep.Done)
        {
            if (LastOf(c, sweep.Looked, limit) is not { } last)
                return (sweep, 0, true);

            // Times grow with numbers, unless the clock was set back, so the first event that is too new ends the search.
            var tooNew = c.Number("SELECT seq FROM events WHERE seq > $1 AND seq <= $2 AND time >= $3 AND time <= $4 ORDER BY seq LIMIT 1", sweep.Looked, last, sweep.Before, now);
            var old = c.Number("SELECT max(seq) FROM events WHERE seq > $1 AND seq <= $2 AND time < $3", sweep.Looked, tooNew ?? last, sweep.Before);
            sweep = sweep with { Looked = last, Old = old ?? sweep.Old };
            if (old is null)
                return (sweep, 0, tooNew is not null);
        }

        var passed = Passed(c, active);
        var end = Math.Min(Math.Min(sweep.Old, LastOf(c, sweep.Done, limit) ?? sweep.Old), passed);
        var deleted = c.Execute(
            $"""
            DELETE FROM events WHERE seq > $1 AND seq <= $2 AND NOT EXISTS (
                SELECT 1 FROM {c.Dialect.Each("$3")} hook CROSS JOIN deliveries d
                WHERE d.hook = hook.value AND d.seq = events.seq AND d.state IN ('pending', 'dead'))
            """,
            sweep.Done, end, JsonList.Of(active));
        return (sweep with { Done = Math.Max(sweep.Done, end) }, deleted, passed <= end);
    }

    /// <summary>The number of the last of the next <paramref name="limit"/> events behind a number; null if there are none.</summary>
    private static long? LastOf(Connection c, long after, int limit) =>
        c.Number("SELECT max(seq) FROM (SELECT seq FROM events WHERE seq > $1 ORDER BY seq LIMIT $2) AS next", after, limit);

    /// <summary>
    /// Gives tombstones and ended deliveries whose time lies in the future the present time, so that they are kept as long as others. The clock was ahead when they were
    /// made. Returns how many.
    /// </summary>
    public int Clamp(DateTimeOffset now, int limit) => database.WriteRelaxed(c => TombstoneTable.Clamp(c, now, limit) + HookStateTable.All(c).Sum(s => DeliveryTable.Clamp(c, s.Hook, now, limit)));

    /// <summary>Deletes the oldest events with their pending deliveries, even if hooks need them.</summary>
    /// <param name="active">The hooks that run.</param>
    /// <param name="limit">How many events at most.</param>
    /// <returns>How many events were deleted; how many deliveries with them; how many of the events some running hook had not had; and the last number that was deleted.</returns>
    public (int Events, int Waiting, int Unseen, long UpTo) DeleteOldestEvents(IReadOnlyCollection<string> active, int limit) => database.WriteRelaxed(c =>
    {
        var last = LastOf(c, 0, limit) ?? 0;
        var unseen = c.Number("SELECT count(*) FROM events WHERE seq <= $1 AND seq > $2 AND hook IS NULL", last, Passed(c, active)) ?? 0;
        var waiting = HookStateTable.All(c).Sum(s => DeliveryTable.DeleteWaiting(c, s.Hook, last));
        return (c.Execute("DELETE FROM events WHERE seq <= $1", last), waiting, (int)unseen, last);
    });

    /// <summary>Deletes up to <paramref name="limit"/> tombstones from before a time; returns how many.</summary>
    public int DeleteTombstones(DateTimeOffset before, int limit) => database.WriteRelaxed(c => TombstoneTable.Delete(c, before, limit));

    /// <summary>Deletes up to <paramref name="limit"/> deliveries that have ended, those that were entered first.</summary>
    public DeletedDeliveries DeleteOldestEnded(int limit) => database.WriteRelaxed(c =>
    {
        var dead = DeliveryTable.DeadOfOldestEnded(c, limit);
        return new DeletedDeliveries(DeliveryTable.DeleteOldestEnded(c, limit), dead);
    });

    /// <summary>How many more events, and how many more deliveries, there are than <paramref name="max"/>.</summary>
    public (long Events, long Deliveries) Excess(long max) => database.Read(c => (
        Excess(c, max, "SELECT coalesce((SELECT max(seq) FROM events) - (SELECT min(seq) FROM events) + 1, 0)", "SELECT count(*) FROM events"),
        Excess(c, max, "SELECT coalesce((SELECT max(rowid) FROM deliveries) - (SELECT min(rowid) FROM deliveries) + 1, 0)", "SELECT count(*) FROM deliveries")));

    /// <summary>Counts the rows only if the range of row ids is too large: counting reads the whole table.</summary>
    private static long Excess(Connection c, long max, string span, string count) =>
        c.Number(span) <= max ? 0 : Math.Max(0, (c.Number(count) ?? 0) - max);

    /// <summary>The last event that all running hooks have had.</summary>
    private static long Passed(Connection c, IReadOnlyCollection<string> active) =>
        HookStateTable.All(c).Where(s => active.Contains(s.Hook)).Select(s => s.Cursor).DefaultIfEmpty(long.MaxValue).Min();

    /// <summary>How far the deletion of events is.</summary>
    /// <param name="Before">The time that it is for.</param>
    /// <param name="Done">The last event that was deleted, or is kept for a hook.</param>
    /// <param name="Looked">The last event whose time was looked at.</param>
    /// <param name="Old">The last event that is known to be old; all before it are.</param>
    private sealed record Sweep(DateTimeOffset Before, long Done = 0, long Looked = 0, long Old = 0);
}

/// <summary>Deliveries that were deleted: how many, and how many of each hook were dead letters.</summary>
internal sealed record DeletedDeliveries(int Count, IReadOnlyDictionary<string, int> Dead);
