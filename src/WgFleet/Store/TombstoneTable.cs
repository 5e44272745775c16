using Microsoft.Data.Sqlite;

namespace WgFleet.Store;

/// <summary>
/// The clients that were removed, as a table. What a batch writes is prepared once for the connection, within the transaction
/// that is open there; not for two users at once.
/// </summary>
internal sealed class TombstoneTable(SqliteConnection connection) : IDisposable
{
    private const string Columns =
        "seq, client_id, fleet, public_key, address, request_address, hostname, registered_at, removed_at, cause, removed_by, last_ping, last_handshake, last_traffic, prune_timeout, tags, pinned_at, pinned_by";

    private readonly Statement _add = new(
        connection, $"INSERT INTO removed_clients ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)");

    private readonly Statement _restored = new(connection, "DELETE FROM removed_clients WHERE public_key = $1");

    /// <summary>Writes a batch.</summary>
    public void Write(StoreBatch batch)
    {
        // Before the others: who was put back may be removed once more.
        foreach (var key in batch.RestoredKeys)
            _restored.Run(key);

        foreach (var t in batch.Tombstones)
        {
            _add.Run(
                t.Seq, t.ClientId, t.Fleet, t.PublicKey, t.Address, t.RequestAddress, t.Hostname, UtcText.Write(t.RegisteredAt), UtcText.Write(t.RemovedAt),
                t.Cause, t.RemovedBy, UtcText.Write(t.LastPing), UtcText.WriteMaybe(t.LastHandshake), UtcText.WriteMaybe(t.LastTraffic), t.PruneTimeout, t.Tags, UtcText.WriteMaybe(t.PinnedAt), t.PinnedBy);
        }
    }

    /// <summary>The latest before a number, of one fleet or of all.</summary>
    public static List<TombstoneRow> Page(SqliteConnection connection, string? fleet, long before, int limit) => Read(
        connection, "WHERE seq < $before AND ($fleet IS NULL OR fleet = $fleet) ORDER BY seq DESC LIMIT $limit",
        ("$before", before), ("$fleet", fleet), ("$limit", limit));

    /// <summary>Those that had this address, key, name or name.fleet; the latest first.</summary>
    public static List<TombstoneRow> Find(SqliteConnection connection, string text, string? fleet, int limit) => Read(
        connection,
        """
        WHERE ($fleet IS NULL OR fleet = $fleet) AND $text IN (address, public_key, hostname, hostname || '.' || fleet)
        ORDER BY seq DESC LIMIT $limit
        """,
        ("$text", text), ("$fleet", fleet), ("$limit", limit));

    public static long LastId(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT max(client_id) FROM removed_clients";
        return command.ExecuteScalar() is long id ? id : 0;
    }

    public static bool Has(SqliteConnection connection, long sequence)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM removed_clients WHERE seq = $seq";
        command.Parameters.AddWithValue("$seq", sequence);
        return command.ExecuteScalar() is 1L;
    }

    /// <summary>Deletes up to <paramref name="limit"/> from before a time, the oldest first; returns how many.</summary>
    public static int Delete(SqliteConnection connection, DateTime before, int limit)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM removed_clients WHERE seq IN (SELECT seq FROM removed_clients WHERE removed_at < $before ORDER BY seq LIMIT $limit)";
        command.Parameters.AddWithValue("$before", UtcText.Write(before));
        command.Parameters.AddWithValue("$limit", limit);
        return command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _add.Dispose();
        _restored.Dispose();
    }

    private static List<TombstoneRow> Read(SqliteConnection connection, string where, params (string Name, object? Value)[] parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns} FROM removed_clients {where}";
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);

        using var row = command.ExecuteReader();
        var rows = new List<TombstoneRow>();
        while (row.Read())
        {
            rows.Add(new TombstoneRow
            {
                Seq = row.GetInt64(0),
                ClientId = row.GetInt64(1),
                Fleet = row.GetString(2),
                PublicKey = row.GetString(3),
                Address = row.GetString(4),
                RequestAddress = row.GetString(5),
                Hostname = Text(6),
                RegisteredAt = UtcText.Read(row.GetString(7)),
                RemovedAt = UtcText.Read(row.GetString(8)),
                Cause = row.GetString(9),
                RemovedBy = Text(10),
                LastPing = UtcText.Read(row.GetString(11)),
                LastHandshake = UtcText.ReadMaybe(Text(12)),
                LastTraffic = UtcText.ReadMaybe(Text(13)),
                PruneTimeout = row.IsDBNull(14) ? null : row.GetInt64(14),
                Tags = Text(15),
                PinnedAt = UtcText.ReadMaybe(Text(16)),
                PinnedBy = Text(17),
            });
        }

        return rows;

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
    }
}
