using Microsoft.Data.Sqlite;

namespace WgFleet.Store;

/// <summary>
/// The statements that every change and every start are made of, prepared once for the connection that they are used on:
/// what a batch writes, and the clients as they are loaded. Within the transaction that is open there; not for two users at once.
/// </summary>
internal sealed class ClientTable(SqliteConnection connection) : IDisposable
{
    private readonly Statement _add = new(
        connection,
        """
        INSERT INTO clients (id, fleet_id, public_key, assigned_ip, http_request_ip, hostname, timestamp, registered_at, last_handshake, prune_timeout, tags, pinned_at, pinned_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """);

    private readonly Statement _tell = new(
        connection, "INSERT INTO events (seq, id, type, fleet, subject, time, data, hook) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");

    private readonly Statement _rename = new(connection, "UPDATE clients SET hostname = $1 WHERE id = $2");

    private readonly Statement _pin = new(connection, "UPDATE clients SET pinned_at = $1, pinned_by = $2 WHERE id = $3");

    private readonly Statement _present = new(connection, "UPDATE clients SET online_since = $1 WHERE id = $2");

    private readonly Statement _takeName = new(
        connection, "UPDATE clients SET hostname = NULL WHERE hostname = $1 AND id <> $2 AND fleet_id = (SELECT fleet_id FROM clients WHERE id = $2)");

    private readonly Statement _remove = new(connection, "DELETE FROM clients WHERE id = $1");

    private readonly Statement _release = new(connection, "DELETE FROM clients WHERE public_key = $1");

    private readonly Statement _forget = new(connection, "DELETE FROM events WHERE seq = $1");

    private readonly Statement _use = new(connection, "UPDATE tokens SET uses = uses + $1 WHERE id = $2");

    private readonly Statement _seen = new(connection, "UPDATE clients SET timestamp = $1, last_handshake = $2 WHERE id = $3");

    /// <summary>Writes a batch.</summary>
    public void Write(StoreBatch batch)
    {
        // Before the others, which may take over an address or a name that a removal frees.
        foreach (var id in batch.RemovedIds)
            _remove.Run(id);

        foreach (var key in batch.ReleasedKeys)
            _release.Run(key);

        foreach (var c in batch.Added)
        {
            _add.Run(
                c.Id, c.FleetId, c.PublicKey, c.AssignedIp, c.HttpRequestIp, c.Hostname,
                UtcText.Write(c.Timestamp), UtcText.WriteMaybe(c.RegisteredAt), UtcText.WriteMaybe(c.LastHandshake), c.PruneTimeout, c.Tags, UtcText.WriteMaybe(c.PinnedAt), c.PinnedBy);
        }

        // In the order in which they were decided: a later one may take the name that an earlier one gave up.
        foreach (var (id, hostname) in batch.Renamed)
            Rename(id, hostname);

        foreach (var (token, uses) in batch.Uses)
            _use.Run(uses, token);

        foreach (var (id, at, by) in batch.Pinned)
            _pin.Run(UtcText.WriteMaybe(at), by, id);

        foreach (var (id, since) in batch.Presence)
            _present.Run(UtcText.WriteMaybe(since), id);

        foreach (var e in batch.Events)
            _tell.Run(e.Seq, e.Id, e.Type, e.Fleet, e.Subject, UtcText.Write(e.Time), e.Data, e.Hook);
    }

    /// <summary>Deletes rows and events of a batch, and gives tokens back the uses that they took.</summary>
    public void Undo(IEnumerable<long> clientIds, IEnumerable<long> sequences, IEnumerable<string> tokens)
    {
        foreach (var id in clientIds)
            _remove.Run(id);

        foreach (var sequence in sequences)
            _forget.Run(sequence);

        foreach (var token in tokens)
            _use.Run(-1, token);
    }

    /// <summary>Notes when clients were last heard of.</summary>
    public void Seen(IEnumerable<(long Id, DateTime Timestamp, DateTime? LastHandshake)> activities)
    {
        foreach (var (id, timestamp, handshake) in activities)
            _seen.Run(UtcText.Write(timestamp), UtcText.WriteMaybe(handshake), id);
    }

    /// <summary>All clients, in the order of their ids.</summary>
    public List<ClientRow> Load()
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT id, fleet_id, public_key, assigned_ip, http_request_ip, hostname, timestamp, registered_at, last_handshake, prune_timeout, tags, pinned_at, pinned_by, online_since FROM clients ORDER BY id";
        using var row = command.ExecuteReader();
        var rows = new List<ClientRow>();
        while (row.Read())
        {
            rows.Add(new ClientRow
            {
                Id = row.GetInt64(0),
                FleetId = row.GetString(1),
                PublicKey = row.GetString(2),
                AssignedIp = row.GetString(3),
                HttpRequestIp = row.GetString(4),
                Hostname = Text(5),
                Timestamp = UtcText.Read(row.GetString(6)),
                RegisteredAt = UtcText.ReadMaybe(Text(7)),
                LastHandshake = UtcText.ReadMaybe(Text(8)),
                PruneTimeout = row.IsDBNull(9) ? null : row.GetInt64(9),
                Tags = Text(10),
                PinnedAt = UtcText.ReadMaybe(Text(11)),
                PinnedBy = Text(12),
                OnlineSince = UtcText.ReadMaybe(Text(13)),
            });
        }

        return rows;

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _add, _tell, _rename, _pin, _present, _takeName, _remove, _release, _forget, _use, _seen })
            statement.Dispose();
    }

    private void Rename(long id, string? hostname)
    {
        try
        {
            _rename.Run(hostname, id);
        }
        catch (SqliteException e) when (e.SqliteExtendedErrorCode == Unique && hostname is not null)
        {
            // A row outside its fleet's subnet is nobody's, but its name is still unique: it goes to who asks for it now.
            _takeName.Run(hostname, id);
            _rename.Run(hostname, id);
        }
    }

    /// <summary>SQLITE_CONSTRAINT_UNIQUE; the statement that met it has done nothing, the transaction goes on.</summary>
    private const int Unique = 2067;
}
