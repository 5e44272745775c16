using System.Globalization;
using Microsoft.Data.Sqlite;

namespace WgFleet.Store;

/// <summary>
/// Looks through the event log, on a connection of its own for each look: however long it takes, the writer and all others
/// go on.
/// </summary>
internal sealed class EventQueries(string database) : IDisposable
{
    private const string Columns = "seq, id, type, fleet, subject, time, data";

    // One at a time: each reads the log from end to end.
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>The removals since a time, the latest first.</summary>
    public Task<List<EventRow>> RemovedSinceAsync(DateTime since, CancellationToken cancellationToken) => ReadAsync(
        $"SELECT {Columns} FROM events WHERE hook IS NULL ORDER BY seq DESC",
        row => row.Time >= since,
        row => row.Type == "client.removed",
        cancellationToken);

    /// <summary>
    /// The events of all clients that ever had this name, address or key, in order: also those from before they had it.
    /// </summary>
    public async Task<IReadOnlyList<EventRow>> AboutAsync(string text, string? fleet, int limit, CancellationToken cancellationToken)
    {
        var latest = await ReadAsync(
            $"""
            SELECT {Columns} FROM events
            WHERE hook IS NULL AND ($fleet IS NULL OR fleet = $fleet) AND json_extract(data, '$.client.public_key') IN (
                SELECT json_extract(data, '$.client.public_key') FROM events
                WHERE hook IS NULL AND instr(data, $text) > 0 AND $text IN (
                    json_extract(data, '$.client.hostname'), json_extract(data, '$.previous'), json_extract(data, '$.client.ip'),
                    json_extract(data, '$.client.public_key'), json_extract(data, '$.client.fqdn')))
            ORDER BY seq DESC LIMIT $limit
            """,
            _ => true,
            _ => true,
            cancellationToken,
            ("$text", text), ("$fleet", (object?)fleet ?? DBNull.Value), ("$limit", limit));
        latest.Reverse();
        return latest;
    }

    /// <summary>
    /// The latest events that a filter lets through, the latest first, among the last <see cref="EventFilter.MostLookedAt"/> before its
    /// place: one that lets hardly any through takes no longer than that.
    /// </summary>
    /// <returns>The events, and the place to go on before; null if there is nothing further back.</returns>
    public Task<(IReadOnlyList<EventRow> Rows, long? Next)> LatestAsync(EventFilter filter, int limit, CancellationToken cancellationToken) => LookAsync<(IReadOnlyList<EventRow>, long?)>(
        connection =>
        {
            var before = Math.Min(filter.Before ?? long.MaxValue, Number(connection, "SELECT coalesce(max(seq), 0) + 1 FROM events"));
            var from = before - EventFilter.MostLookedAt;

            // Times grow with numbers but for clocks set back, so the first that is too old ends the look.
            var old = filter.Since is { } since
                ? Number(connection, "SELECT seq FROM events WHERE seq < $before AND seq >= $from AND time < $since ORDER BY seq DESC LIMIT 1", ("$before", before), ("$from", from), ("$since", UtcText.Write(since)))
                : 0;
            var rows = Read(
                connection,
                $"""
                SELECT {Columns} FROM events
                WHERE hook IS NULL AND seq < $before AND seq >= $from AND seq > $old
                    AND ($type IS NULL OR type = $type) AND ($fleet IS NULL OR fleet = $fleet)
                    AND ($client IS NULL OR (instr(data, $client) > 0 AND $client IN (
                        json_extract(data, '$.client.hostname'), json_extract(data, '$.previous'), json_extract(data, '$.client.ip'),
                        json_extract(data, '$.client.public_key'), json_extract(data, '$.client.fqdn'))))
                ORDER BY seq DESC LIMIT $limit
                """,
                _ => true,
                _ => true,
                ("$before", before), ("$from", from), ("$old", old), ("$type", (object?)filter.Type ?? DBNull.Value), ("$fleet", (object?)filter.Fleet ?? DBNull.Value),
                ("$client", (object?)filter.Client ?? DBNull.Value), ("$limit", limit + 1));
            if (rows.Count > limit)
                return (rows[..limit], rows[limit - 1].Seq);

            return (rows, old == 0 && Number(connection, "SELECT coalesce(min(seq), $from) FROM events", ("$from", from)) < from ? from : null);
        },
        cancellationToken);

    public void Dispose() => _turn.Dispose();

    private Task<List<EventRow>> ReadAsync(
        string sql, Func<EventRow, bool> goesOn, Func<EventRow, bool> counts, CancellationToken cancellationToken, params (string Name, object Value)[] parameters) =>
        LookAsync(connection => Read(connection, sql, goesOn, counts, parameters), cancellationToken);

    private async Task<T> LookAsync<T>(Func<SqliteConnection, T> look, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // Not on a thread that answers requests: SQLite has no other way than to block.
            return await Task.Run(
                () =>
                {
                    using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
                    connection.Open();
                    return look(connection);
                },
                cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, (string Name, object Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);

        return command;
    }

    private static long Number(SqliteConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        using var command = Command(connection, sql, parameters);
        return command.ExecuteScalar() is long number ? number : 0;
    }

    private static List<EventRow> Read(
        SqliteConnection connection, string sql, Func<EventRow, bool> goesOn, Func<EventRow, bool> counts, params (string Name, object Value)[] parameters)
    {
        using var command = Command(connection, sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<EventRow>();
        while (reader.Read())
        {
            var row = Row(reader);
            if (!goesOn(row))
                break;
            if (counts(row))
                rows.Add(row);
        }

        return rows;
    }

    private static EventRow Row(SqliteDataReader reader) => new()
    {
        Seq = reader.GetInt64(0),
        Id = reader.GetString(1),
        Type = reader.GetString(2),
        Fleet = reader.IsDBNull(3) ? null : reader.GetString(3),
        Subject = reader.IsDBNull(4) ? null : reader.GetString(4),
        Time = UtcText.Read(Convert.ToString(reader.GetValue(5), CultureInfo.InvariantCulture)!),
        Data = reader.GetString(6),
    };
}
