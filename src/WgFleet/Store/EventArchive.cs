using System.Globalization;
using Microsoft.Data.Sqlite;

namespace WgFleet.Store;

/// <summary>
/// Looks through the whole event log, on a connection of its own for each look: however long it takes, the writer and all others
/// go on.
/// </summary>
internal sealed class EventArchive(string database) : IDisposable
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

    public void Dispose() => _turn.Dispose();

    private async Task<List<EventRow>> ReadAsync(
        string sql, Func<EventRow, bool> goesOn, Func<EventRow, bool> counts, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // Not on a thread that answers requests: SQLite has no other way than to block.
            return await Task.Run(() => Read(sql, goesOn, counts, parameters), cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private List<EventRow> Read(string sql, Func<EventRow, bool> goesOn, Func<EventRow, bool> counts, (string Name, object Value)[] parameters)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);

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
