using WgFleet.Store.Engine;

namespace WgFleet.Store;

/// <summary>The table events. Used within the transaction that is open on the connection.</summary>
internal static class EventTable
{
    /// <summary>The columns, in the order of <see cref="Read"/> and <see cref="Insert"/>.</summary>
    public const string Columns = "seq, id, type, fleet, subject, time, data, hook, client";

    private const string OfFleet =
        "SELECT seq FROM events WHERE hook IS NULL AND type = $1 AND fleet = $2 AND seq < $3 AND seq > $4 ORDER BY seq DESC LIMIT $5";

    private const string OfNoFleet =
        "SELECT seq FROM events WHERE hook IS NULL AND type = $1 AND fleet IS NULL AND seq < $2 AND seq > $3 ORDER BY seq DESC LIMIT $4";

    public static EventRow Read(Row row) => new()
    {
        Seq = row[0].Number,
        Id = row[1].Text,
        Type = row[2].Text,
        Fleet = row[3].TextOrNull,
        Subject = row[4].TextOrNull,
        Time = row[5].Utc,
        Data = row[6].Text,
        Hook = row[7].TextOrNull,
        Client = row[8].NumberOrNull,
    };

    public static void Insert(Connection connection, IReadOnlyCollection<EventRow> events)
    {
        if (events.Count == 0)
            return;

        connection.Insert("events", Columns, [.. events.Select(e => new object?[] { e.Seq, e.Id, e.Type, e.Fleet, e.Subject, e.Time, e.Data, e.Hook, e.Client })]);

        // SQLite remembers the highest number by itself (AUTOINCREMENT).
        if (connection.Dialect.SetLastSequence is { } sql)
            connection.Execute(sql, events.Max(e => e.Seq));
    }

    public static void Delete(Connection connection, long sequence) => connection.Execute("DELETE FROM events WHERE seq = $1", sequence);

    /// <summary>The highest event number ever given, also if its row is gone.</summary>
    public static long LastSequence(Connection connection) => connection.Number(connection.Dialect.LastSequence) ?? 0;

    /// <summary>The highest number of a client that an event is about; 0 if there is none.</summary>
    public static long LastClient(Connection connection) => connection.Number("SELECT max(client) FROM events WHERE client IS NOT NULL") ?? 0;

    /// <summary>One event; null if it is no longer kept.</summary>
    public static EventRow? Find(Connection connection, long sequence) =>
        connection.First($"SELECT {Columns} FROM events WHERE seq = $1", Read, sequence);

    /// <summary>The events for all hooks behind a number, in order, up to another.</summary>
    public static List<EventRow> After(Connection connection, long after, long upTo, int limit) => connection.Query(
        $"SELECT {Columns} FROM events WHERE seq > $1 AND seq <= $2 AND hook IS NULL ORDER BY seq LIMIT $3", Read, after, upTo, limit);

    /// <summary>The last events for all hooks, in order.</summary>
    public static List<EventRow> Latest(Connection connection, int limit)
    {
        var rows = connection.Query($"SELECT {Columns} FROM events WHERE hook IS NULL ORDER BY seq DESC LIMIT $1", Read, limit);
        rows.Reverse();
        return rows;
    }

    /// <summary>
    /// The last events for all hooks of a type, of a fleet, or of both, the latest first. It takes the last ones of each type and fleet in question from the
    /// index events_kind, so the time grows with the number of types or fleets and with the limit, not with the log.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="type">Of this type; null for all.</param>
    /// <param name="fleet">Of this fleet; null for all, and for events of no fleet.</param>
    /// <param name="before">Of a smaller number.</param>
    /// <param name="after">Of a greater number.</param>
    /// <param name="limit">How many at most.</param>
    public static List<EventRow> LatestOfKind(Connection connection, string? type, string? fleet, long before, long after, int limit)
    {
        var numbers = new List<long>();
        foreach (var one in type is null ? Types(connection) : [type])
        {
            foreach (var of in fleet is null ? Fleets(connection, one) : [fleet])
                numbers.AddRange(connection.Query(OfFleet, row => row[0].Number, one, of, before, after, limit));

            if (fleet is null)
                numbers.AddRange(connection.Query(OfNoFleet, row => row[0].Number, one, before, after, limit));
        }

        return [.. numbers.OrderDescending().Take(limit).Select(seq => Find(connection, seq)!)];
    }

    private static List<string> Types(Connection connection) =>
        Each(last => connection.Query("SELECT type FROM events WHERE hook IS NULL AND type > $1 ORDER BY type LIMIT 1", row => row[0].Text, last));

    /// <summary>The fleets that have events of a type, each found by one step in the index events_kind.</summary>
    public static List<string> Fleets(Connection connection, string type) => Each(
        last => connection.Query("SELECT fleet FROM events WHERE hook IS NULL AND type = $1 AND fleet > $2 ORDER BY fleet LIMIT 1", row => row[0].Text, type, last));

    /// <summary>All values that a query of the one behind another returns, each by one step in an index.</summary>
    private static List<string> Each(Func<string, List<string>> next)
    {
        var all = new List<string>();
        while (next(all.LastOrDefault() ?? "") is [var value])
            all.Add(value);

        return all;
    }

    /// <summary>The events of a hook, of one type or, with null, of all, in order; both ends are included.</summary>
    public static List<EventRow> Between(Connection connection, string hook, long from, long to, string? type, int limit) => connection.Query(
        $"SELECT {Columns} FROM events WHERE seq >= $1 AND seq <= $2 AND (hook IS NULL OR hook = $3) AND (CAST($4 AS TEXT) IS NULL OR type = $4) ORDER BY seq LIMIT $5",
        Read, from, to, hook, type, limit);

    /// <summary>The number of the event of an id, if it is for this hook or for all; null if it is not kept.</summary>
    public static long? SequenceOf(Connection connection, string hook, string id) =>
        connection.Number("SELECT seq FROM events WHERE id = $1 AND (hook IS NULL OR hook = $2)", id, hook);

    /// <summary>
    /// The number of the first event from a time on; null if there is none. Times grow with numbers, so it halves the log some twenty times
    /// and looks at no other row. Where the clock was set back, it finds one of the places at which the time is passed.
    /// </summary>
    public static long? FirstSince(Connection connection, DateTimeOffset time)
    {
        var low = connection.Number("SELECT min(seq) FROM events") ?? 0;
        var high = (connection.Number("SELECT max(seq) FROM events") ?? -1) + 1;
        while (low < high)
        {
            // The first event from the middle on: there may be gaps.
            var middle = low + ((high - low) / 2);
            var found = connection.Query("SELECT seq, time FROM events WHERE seq >= $1 ORDER BY seq LIMIT 1", row => (Seq: row[0].Number, Time: row[1].TimeOrNull), middle)[0];
            if (found.Seq >= high || found.Time >= time)
                high = middle;
            else
                low = found.Seq + 1;
        }

        return connection.Number("SELECT min(seq) FROM events WHERE seq >= $1", low);
    }
}
