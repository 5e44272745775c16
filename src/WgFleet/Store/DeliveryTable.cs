using WgFleet.Store.Engine;

namespace WgFleet.Store;

/// <summary>The table deliveries. Used within the transaction that is open on the connection.</summary>
internal static class DeliveryTable
{
    private const string Columns = "hook, seq, subject, state, attempt, next_at, replayed, code, error, response, took_ms, ended_at";

    private const string Dead = "hook = $1 AND state = 'dead' AND (CAST($2 AS BIGINT) IS NULL OR seq = $2)";

    public static DeliveryRow? Find(Connection connection, string hook, long sequence) =>
        connection.First($"SELECT {Columns} FROM deliveries WHERE hook = $1 AND seq = $2", Read, hook, sequence);

    /// <summary>The deliveries of a hook that wait, in the order of their events.</summary>
    public static List<DeliveryRow> Waiting(Connection connection, string hook) =>
        connection.Query($"SELECT {Columns} FROM deliveries WHERE hook = $1 AND state = 'pending' ORDER BY seq", Read, hook);

    /// <summary>The deliveries of a hook in a state, the last to end first.</summary>
    public static List<DeliveryRow> Latest(Connection connection, string hook, DeliveryState state, int limit) =>
        connection.Query($"SELECT {Columns} FROM deliveries WHERE hook = $1 AND state = $2 ORDER BY ended_at DESC LIMIT $3", Read, hook, state.Text(), limit);

    public static int Count(Connection connection, string hook, DeliveryState state) =>
        (int)(connection.Number("SELECT count(*) FROM deliveries WHERE hook = $1 AND state = $2", hook, state.Text()) ?? 0);

    /// <summary>Inserts deliveries; those that are there already stay as they are.</summary>
    public static void Insert(Connection connection, string hook, IEnumerable<DeliveryRow> rows) =>
        connection.Insert("deliveries", Columns, [.. rows.Select(row => Values(hook, row))], " ON CONFLICT DO NOTHING");

    /// <summary>Inserts a pending delivery for a replay, or makes one that has ended pending again; false if it is pending already.</summary>
    public static bool Replay(Connection connection, string hook, EventRow e) => connection.Insert(
        "deliveries",
        Columns,
        [Values(hook, new DeliveryRow { Hook = hook, Seq = e.Seq, Subject = e.Subject, State = DeliveryState.Pending, Replayed = true })],
        " ON CONFLICT (hook, seq) DO UPDATE SET state = 'pending', attempt = 0, next_at = 0, replayed = excluded.replayed WHERE deliveries.state <> 'pending'") > 0;

    /// <summary>Saves how an attempt ended; false if the delivery is no longer there.</summary>
    public static bool Update(Connection connection, DeliveryRow row) => connection.Execute(
        """
        UPDATE deliveries SET state = $1, attempt = $2, next_at = $3, code = $4, error = $5, response = $6, took_ms = $7, ended_at = $8
        WHERE hook = $9 AND seq = $10
        """,
        row.State.Text(), row.Attempt, row.NextAt, row.Code, row.Error, row.Response, row.TookMs, row.EndedAt, row.Hook, row.Seq) > 0;

    /// <summary>Makes dead letters pending again, with all their attempts; returns them. With a number, only the one of that event.</summary>
    public static List<DeliveryRow> Revive(Connection connection, string hook, long? sequence)
    {
        var revived = connection.Query($"SELECT {Columns} FROM deliveries WHERE {Dead} ORDER BY seq", Read, hook, sequence);
        connection.Execute($"UPDATE deliveries SET state = 'pending', attempt = 0, next_at = 0 WHERE {Dead}", hook, sequence);
        return revived;
    }

    /// <summary>Deletes dead letters; returns how many. With a number, only the one of that event.</summary>
    public static int DeleteDead(Connection connection, string hook, long? sequence) => connection.Execute($"DELETE FROM deliveries WHERE {Dead}", hook, sequence);

    /// <summary>Deletes all deliveries of a hook; returns how many.</summary>
    public static int DeleteAll(Connection connection, string hook) => connection.Execute("DELETE FROM deliveries WHERE hook = $1", hook);

    /// <summary>Deletes the deliveries of a hook that wait, of events up to a number; returns how many.</summary>
    public static int DeleteWaiting(Connection connection, string hook, long upTo) =>
        connection.Execute("DELETE FROM deliveries WHERE hook = $1 AND state = 'pending' AND seq <= $2", hook, upTo);

    /// <summary>Deletes up to <paramref name="limit"/> deliveries of a hook that ended in a state before a time; returns how many.</summary>
    public static int DeleteEnded(Connection connection, string hook, DeliveryState state, DateTimeOffset before, int limit) => connection.Execute(
        """
        DELETE FROM deliveries WHERE rowid IN (
            SELECT rowid FROM deliveries WHERE hook = $1 AND state = $2 AND ended_at < $3 ORDER BY ended_at LIMIT $4)
        """,
        hook, state.Text(), before.ToUnixTimeMilliseconds(), limit);

    /// <summary>Gives up to <paramref name="limit"/> deliveries of a hook that ended in the future the present time; returns how many.</summary>
    public static int Clamp(Connection connection, string hook, DateTimeOffset now, int limit) => connection.Execute(
        """
        UPDATE deliveries SET ended_at = $2 WHERE rowid IN (
            SELECT rowid FROM deliveries WHERE hook = $1 AND state IN ('done', 'dead') AND ended_at > $2 LIMIT $3)
        """,
        hook, now.ToUnixTimeMilliseconds(), limit);

    /// <summary>Deletes up to <paramref name="limit"/> deliveries that have ended, those that were inserted first; returns how many.</summary>
    public static int DeleteOldestEnded(Connection connection, int limit) => connection.Execute(
        "DELETE FROM deliveries WHERE rowid IN (SELECT rowid FROM deliveries WHERE state <> 'pending' ORDER BY rowid LIMIT $1)", limit);

    /// <summary>How many dead letters of each hook are among those that <see cref="DeleteOldestEnded"/> would delete.</summary>
    public static Dictionary<string, int> DeadOfOldestEnded(Connection connection, int limit) => connection.Query(
        """
        SELECT hook, count(*) FROM (SELECT hook, state FROM deliveries WHERE state <> 'pending' ORDER BY rowid LIMIT $1) AS oldest WHERE state = 'dead' GROUP BY hook
        """,
        row => (Hook: row[0].Text, Count: (int)row[1].Number),
        limit).ToDictionary(d => d.Hook, d => d.Count);

    private static object?[] Values(string hook, DeliveryRow row) =>
        [hook, row.Seq, row.Subject, row.State.Text(), row.Attempt, row.NextAt, row.Replayed, row.Code, row.Error, row.Response, row.TookMs, row.EndedAt];

    private static DeliveryRow Read(Row row) => new()
    {
        Hook = row[0].Text,
        Seq = row[1].Number,
        Subject = row[2].TextOrNull,
        State = DeliveryStateText.Parse(row[3].Text),
        Attempt = (int)row[4].Number,
        NextAt = row[5].Number,
        Replayed = row[6].Bool,
        Code = row[7].TextOrNull,
        Error = row[8].TextOrNull,
        Response = row[9].TextOrNull,
        TookMs = row[10].Number,
        EndedAt = row[11].Number,
    };
}
