using WgFleet.Store.Engine;

namespace WgFleet.Store;

/// <summary>Queries of the event log for requests: off their thread, and without delaying the writer.</summary>
internal sealed class EventQueries(Database database)
{
    /// <summary>The removals since the time $1, the latest first.</summary>
    public const string RemovedSince = $"SELECT {EventTable.Columns} FROM events WHERE type = 'client.removed' AND time >= $1 AND hook IS NULL ORDER BY time DESC, seq DESC";

    private readonly EventHistory _history = new(database.Dialect);

    // Numbers before $1, from $2 on, behind $3; type $4, fleet $5, client $6, each may be null; limit $7.
    private readonly string _filtered = Filtered(database.Dialect);

    /// <summary>The last events that were for all hooks, in order.</summary>
    public Task<List<EventRow>> LastAsync(int limit, CancellationToken cancellationToken) => database.ReadAsync(c => EventTable.Latest(c, limit), cancellationToken);

    /// <summary>The events for all hooks behind a number, in order, up to another.</summary>
    public Task<List<EventRow>> AfterAsync(long after, long upTo, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(c => EventTable.After(c, after, upTo, limit), cancellationToken);

    /// <summary>The events of a hook, of one type or, with null, of all, in order; both ends are included.</summary>
    public Task<List<EventRow>> BetweenAsync(string hook, long from, long to, string? type, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(c => EventTable.Between(c, hook, from, to, type, limit), cancellationToken);

    /// <summary>The number of the event of an id, if it is for this hook or for all; null if it is not kept.</summary>
    public Task<long?> SequenceOfAsync(string hook, string id, CancellationToken cancellationToken) => database.ReadAsync(c => EventTable.SequenceOf(c, hook, id), cancellationToken);

    /// <summary>The number of the first event from a time on; null if there is none.</summary>
    public Task<long?> FirstSinceAsync(DateTimeOffset time, CancellationToken cancellationToken) => database.ReadAsync(c => EventTable.FirstSince(c, time), cancellationToken);

    /// <summary>The removals since a time, the latest first.</summary>
    /// <exception cref="StoreException">The database cannot be read, or not in time.</exception>
    public Task<List<EventRow>> RemovedSinceAsync(DateTime since, CancellationToken cancellationToken) => database.ReadAsync(
        c => c.Query(RemovedSince, EventTable.Read, since),
        cancellationToken);

    /// <inheritdoc cref="EventHistory.Latest"/>
    /// <exception cref="StoreException">The database cannot be read, or not in time.</exception>
    public Task<List<EventRow>> AboutAsync(string text, long? client, string? fleet, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(c => _history.Latest(c, text, client, fleet, limit), cancellationToken);

    /// <summary>
    /// The latest events that match a filter, the latest first. Those of a client are searched for among the last
    /// <see cref="EventFilter.MostLookedAt"/> before the filter's position, which bounds the time; those of a type or a fleet are looked up.
    /// </summary>
    /// <returns>The events, and the position before which to continue; null if there are no earlier events.</returns>
    /// <exception cref="StoreException">The database cannot be read, or not in time.</exception>
    public Task<(IReadOnlyList<EventRow> Rows, long? Next)> LatestAsync(EventFilter filter, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(c => Latest(c, filter, limit), cancellationToken);

    /// <inheritdoc cref="LatestAsync"/>
    public (IReadOnlyList<EventRow> Rows, long? Next) Latest(Connection c, EventFilter filter, int limit)
    {
        var before = Math.Min(filter.Before ?? long.MaxValue, c.Number("SELECT coalesce(max(seq), 0) + 1 FROM events") ?? 1);
        var from = before - EventFilter.MostLookedAt;

        var first = filter.Since is { } since ? EventTable.FirstSince(c, DateTime.SpecifyKind(since, DateTimeKind.Utc)) ?? long.MaxValue : 0;
        var old = first - 1;
        var isLookedUp = filter.Client is null && (filter.Type ?? filter.Fleet) is not null;
        var rows = isLookedUp
            ? EventTable.LatestOfKind(c, filter.Type, filter.Fleet, before, old, limit + 1)
            : c.Query(_filtered, EventTable.Read, before, from, old, filter.Type, filter.Fleet, filter.Client, limit + 1);
        if (rows.Count > limit)
            return (rows[..limit], rows[limit - 1].Seq);

        var goesOn = !isLookedUp && first < from && c.Number("SELECT min(seq) FROM events") < from;
        return (rows, goesOn ? from : null);
    }

    private static string Filtered(Dialect dialect)
    {
        string[] fields = ["client.hostname", "previous", "client.ip", "client.public_key", "client.fqdn"];
        return $"""
            SELECT {EventTable.Columns} FROM events
            WHERE hook IS NULL AND seq < $1 AND seq >= $2 AND seq > $3
                AND (CAST($4 AS TEXT) IS NULL OR type = $4) AND (CAST($5 AS TEXT) IS NULL OR fleet = $5)
                AND (CAST($6 AS TEXT) IS NULL OR ({dialect.EventContains("$6")} AND $6 IN ({string.Join(", ", fields.Select(dialect.OfEvent))})))
            ORDER BY seq DESC LIMIT $7
            """;
    }
}

/// <summary>Which events a query of the log returns.</summary>
/// <param name="Type">Of this type; null for all.</param>
/// <param name="Fleet">Of this fleet; null for all, and for what is about no fleet.</param>
/// <param name="Client">About a client that has, or just had, exactly this name, address, full name or public key; null for all.</param>
/// <param name="Since">From this time on; null for all.</param>
/// <param name="Before">Of a smaller number; null for the latest.</param>
internal sealed record EventFilter(string? Type = null, string? Fleet = null, string? Client = null, DateTime? Since = null, long? Before = null)
{
    /// <summary>How many event numbers one query looks through at most.</summary>
    public const int MostLookedAt = 5_000;
}
