using Microsoft.Data.Sqlite;

namespace WgFleet.Store;

/// <summary>Deletes what is no longer kept of the events and deliveries, a portion at a time so that nobody waits long. All methods block.</summary>
internal sealed class RetentionStore(FleetStore store)
{
    /// <summary>Deletes up to <paramref name="limit"/> deliveries that arrived or were given up before a time; returns how many.</summary>
    public int DeleteEnded(DateTimeOffset before, int limit) => Write(connection =>
    {
        var gone = 0;
        foreach (var hook in Cursors(connection).Keys)
        {
            foreach (var state in new[] { DeliveryRow.Done, DeliveryRow.Dead })
            {
                gone += Execute(
                    connection,
                    """
                    DELETE FROM deliveries WHERE rowid IN (
                        SELECT rowid FROM deliveries WHERE hook = $hook AND state = $state AND ended_at < $before ORDER BY ended_at LIMIT $limit)
                    """,
                    ("$hook", hook), ("$state", state), ("$before", before.ToUnixTimeMilliseconds()), ("$limit", limit - gone));
            }
        }

        return gone;
    });

    /// <summary>
    /// Deletes up to <paramref name="limit"/> events from before a time that all active hooks have passed, and that no delivery
    /// needs any more that waits or could be tried again; returns how many.
    /// </summary>
    public int DeleteEvents(DateTimeOffset before, IReadOnlyCollection<string> active, int limit) => Write(connection => Execute(
        connection,
        // Times grow with numbers but for clocks set back, so the first that is too new ends the search.
        """
        DELETE FROM events WHERE seq IN (
            SELECT e.seq FROM events e
            WHERE e.seq < coalesce((SELECT n.seq FROM events n WHERE n.time >= $before ORDER BY n.seq LIMIT 1), $all)
                AND e.seq <= $passed
                AND NOT EXISTS (
                    SELECT 1 FROM hook_state s CROSS JOIN deliveries d
                    WHERE d.hook = s.hook AND d.seq = e.seq AND d.state IN ('pending', 'dead'))
            ORDER BY e.seq LIMIT $limit)
        """,
        ("$before", UtcText.Write(before.UtcDateTime)), ("$all", long.MaxValue), ("$passed", Passed(connection, active)), ("$limit", limit)));

    /// <summary>Deletes the oldest events whatever becomes of them, with the deliveries of them that wait.</summary>
    /// <param name="active">The hooks that run.</param>
    /// <param name="limit">How many events at most.</param>
    /// <returns>How many events went; how many deliveries with them; how many of the events some hook had not had; and the last number that went.</returns>
    public (int Events, int Waiting, int Unseen, long UpTo) DeleteOldestEvents(IReadOnlyCollection<string> active, int limit) => Write(connection =>
    {
        var last = Number(connection, "SELECT max(seq) FROM (SELECT seq FROM events ORDER BY seq LIMIT $limit)", ("$limit", limit));
        var unseen = Number(
            connection, "SELECT count(*) FROM events WHERE seq <= $last AND seq > $passed AND hook IS NULL",
            ("$last", last), ("$passed", Passed(connection, active)));
        var waiting = Cursors(connection).Keys.Sum(hook => Execute(
            connection, "DELETE FROM deliveries WHERE hook = $hook AND state = 'pending' AND seq <= $last", ("$hook", hook), ("$last", last)));
        return (Execute(connection, "DELETE FROM events WHERE seq <= $last", ("$last", last)), waiting, (int)unseen, last);
    });

    /// <summary>Deletes up to <paramref name="limit"/> of what is kept of clients that were removed before a time; returns how many.</summary>
    public int DeleteTombstones(DateTimeOffset before, int limit) => Write(connection => TombstoneTable.Delete(connection, before.UtcDateTime, limit));

    /// <summary>Deletes the deliveries that were entered first and have ended; returns how many.</summary>
    public int DeleteOldestEnded(int limit) => Write(connection => Execute(
        connection,
        "DELETE FROM deliveries WHERE rowid IN (SELECT rowid FROM deliveries WHERE state <> 'pending' ORDER BY rowid LIMIT $limit)",
        ("$limit", limit)));

    /// <summary>How many more events, and how many more deliveries, there are than <paramref name="most"/>.</summary>
    public (long Events, long Deliveries) Excess(long most) => Write(connection => (Excess(connection, "events", most), Excess(connection, "deliveries", most)));

    private static long Excess(SqliteConnection connection, string table, long most)
    {
        // Counting reads all of a table, its ends do not.
        var span = Number(connection, $"SELECT coalesce((SELECT max(rowid) FROM {table}) - (SELECT min(rowid) FROM {table}) + 1, 0)");
        return span <= most ? 0 : Math.Max(0, Number(connection, $"SELECT count(*) FROM {table}") - most);
    }

    /// <summary>The last event that all active hooks have had.</summary>
    private static long Passed(SqliteConnection connection, IReadOnlyCollection<string> active) =>
        Cursors(connection).Where(c => active.Contains(c.Key)).Select(c => c.Value).DefaultIfEmpty(long.MaxValue).Min();

    private static Dictionary<string, long> Cursors(SqliteConnection connection)
    {
        using var command = Command(connection, "SELECT hook, cursor FROM hook_state");
        using var reader = command.ExecuteReader();
        var cursors = new Dictionary<string, long>();
        while (reader.Read())
            cursors.Add(reader.GetString(0), reader.GetInt64(1));

        return cursors;
    }

    private static long Number(SqliteConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        using var command = Command(connection, sql, parameters);
        return command.ExecuteScalar() is long number ? number : 0;
    }

    private static int Execute(SqliteConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        using var command = Command(connection, sql, parameters);
        return command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);

        return command;
    }

    private T Write<T>(Func<SqliteConnection, T> write)
    {
        T result = default!;
        store.WriteQuickly(connection => result = write(connection));
        return result;
    }
}
