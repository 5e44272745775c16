using WgFleet.Store.Engine;

namespace WgFleet.Store;

/// <summary>The table clients, with the registered clients. Used within the transaction that is open on the connection.</summary>
internal static class ClientTable
{
    private static readonly Columns<StoredClient> Columns = ClientColumns.OfClients;
    private static readonly string InsertOne = $"INSERT INTO clients ({Columns.Names}) VALUES ({Columns.Parameters})";
    private static readonly string SelectAll = $"SELECT {Columns.Names} FROM clients ORDER BY id";

    /// <summary>All clients, in the order of their ids, and the rows that cannot be read.</summary>
    public static LoadedClients Load(Connection connection)
    {
        var unreadable = new List<UnreadableClient>();
        var clients = connection.Query(SelectAll, row => Read(row, unreadable));
        clients.RemoveAll(c => c is null);
        return new(clients!, unreadable, connection.Number("SELECT max(id) FROM clients") ?? 0);
    }

    public static void Insert(Connection connection, StoredClient client) => connection.Execute(InsertOne, Columns.Values(client));

    public static void Delete(Connection connection, long id) => connection.Execute("DELETE FROM clients WHERE id = $1", id);

    /// <summary>Deletes the row with this key, if there is one: an orphaned row, of a removed fleet or outside the fleet's subnet.</summary>
    public static void DeleteByKey(Connection connection, string publicKey) => connection.Execute("DELETE FROM clients WHERE public_key = $1", publicKey);

    /// <summary>Gives a client a name. An orphaned row that has the name loses it.</summary>
    public static void Rename(Connection connection, long id, string? hostname)
    {
        const string rename = "UPDATE clients SET hostname = $1 WHERE id = $2";
        try
        {
            connection.Execute(rename, hostname, id);
        }
        catch (StoreException e) when (e.Error == StoreError.Unique && hostname is not null)
        {
            connection.Execute("UPDATE clients SET hostname = NULL WHERE hostname = $1 AND id <> $2 AND fleet_id = (SELECT fleet_id FROM clients WHERE id = $2)", hostname, id);
            connection.Execute(rename, hostname, id);
        }
    }

    /// <summary>Pins a client, or with null unpins it.</summary>
    public static void Pin(Connection connection, long id, Pin? pin) =>
        connection.Execute("UPDATE clients SET pinned_at = $1, pinned_by = $2 WHERE id = $3", pin?.Since, pin?.By, id);

    /// <summary>Saves the time of the last client.online event; null for offline.</summary>
    public static void SetOnline(Connection connection, long id, DateTimeOffset? since) =>
        connection.Execute("UPDATE clients SET online_since = $1 WHERE id = $2", since, id);

    /// <summary>Saves when a client was last seen. A client that was removed is not an error.</summary>
    public static void SetSeen(Connection connection, long id, DateTimeOffset lastPing, DateTimeOffset? lastHandshake) =>
        connection.Execute("UPDATE clients SET timestamp = $1, last_handshake = $2 WHERE id = $3", lastPing, lastHandshake, id);

    private static StoredClient? Read(Row row, List<UnreadableClient> unreadable)
    {
        try
        {
            var client = Columns.Read(new StoredClient(), row);

            // The Python server did not keep when a client registered.
            return client.RegisteredAt == default ? client with { RegisteredAt = client.LastPing } : client;
        }
        catch (Exception e) when (e is FormatException or InvalidCastException or InvalidOperationException)
        {
            unreadable.Add(new(row[0].Number, row[1].TextOrNull ?? "", e.Message));
            return null;
        }
    }
}

/// <summary>What a start reads of the clients.</summary>
/// <param name="Clients">In the order of their ids.</param>
/// <param name="Unreadable">Rows with an invalid address, key or time.</param>
/// <param name="LastId">The highest id of all rows; 0 if there are none.</param>
internal sealed record LoadedClients(IReadOnlyList<StoredClient> Clients, IReadOnlyList<UnreadableClient> Unreadable, long LastId);

/// <summary>A row of a client that cannot be read, and why.</summary>
internal sealed record UnreadableClient(long Id, string Fleet, string Reason);
