using WgFleet.Store.Engine;

namespace WgFleet.Store;

/// <summary>
/// Deletes events, deliveries and tombstones that are no longer kept, in small transactions so that nobody waits long for the writer.
/// Only active hooks keep events and pending deliveries; of other hooks the ended deliveries are deleted. All methods block and throw <see cref="StoreException"/>.
/// </summary>
internal sealed class RetentionStore(Database database)
{
    // The time that the deletion is for, and the last event that it has looked at.
    private (DateTimeOffset Before, long Done) _sweep;

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
    /// has a pending delivery or a dead letter; returns how many. 0 means that there are no more of them.
    /// </summary>
    public int DeleteEvents(DateTimeOffset before, IReadOnlyCollection<string> active, int limit)
    {
        if (_sweep.Before != before)
            _sweep = (before, 0);

        while (true)
        {
            var (upTo, deleted, isLast) = database.WriteRelaxed(c => DeleteEvents(c, _sweep.Done, before, active, limit));
            _sweep.Done = upTo;
            if (deleted > 0)
                return deleted;

            if (!isLast)
                continue;

            _sweep = default;
            return 0;
        }
    }

    private static (long UpTo, int Deleted, bool IsLast) DeleteEvents(Connection c, long after, DateTimeOffset before, IReadOnlyCollection<string> active, int limit)
    {
        if (c.Number("SELECT max(seq) FROM (SELECT seq FROM events WHERE seq > $1 ORDER BY seq LIMIT $2) AS next", after, limit) is not { } last)
            return (after, 0, true);

        // Times grow with numbers, unless the clock was set back, so the first event that is too new ends the search.
        var tooNew = c.Number("SELECT seq FROM events WHERE seq > $1 AND seq <= $2 AND time >= $3 ORDER BY seq LIMIT 1", after, last, before);
        var end = Math.Min(tooNew - 1 ?? last, Passed(c, active));
        var deleted = c.Execute(
            $"""
            DELETE FROM events WHERE seq > $1 AND seq <= $2 AND NOT EXISTS (
                SELECT 1 FROM {c.Dialect.Each("$3")} hook CROSS JOIN deliveries d
                WHERE d.hook = hook.value AND d.seq = events.seq AND d.state IN ('pending', 'dead'))
            """,
            after, end, JsonList.Of(active));
        return (end, deleted, end < last);
    }

    /// <summary>Deletes the oldest events with their pending deliveries, even if hooks need them.</summary>
    /// <param name="active">The hooks that run.</param>
    /// <param name="limit">How many events at most.</param>
    /// <returns>How many events were deleted; how many deliveries with them; how many of the events some running hook had not had; and the last number that was deleted.</returns>
    public (int Events, int Waiting, int Unseen, long UpTo) DeleteOldestEvents(IReadOnlyCollection<string> active, int limit) => database.WriteRelaxed(c =>
    {
        var last = c.Number("SELECT max(seq) FROM (SELECT seq FROM events ORDER BY seq LIMIT $1) AS oldest", limit) ?? 0;
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
}

/// <summary>Deliveries that were deleted: how many, and how many of each hook were dead letters.</summary>
internal sealed record DeletedDeliveries(int Count, IReadOnlyDictionary<string, int> Dead);
