using System.Net;
using WgFleet.Store.Engine;
using WgFleet.WireGuard;

namespace WgFleet.Store;

/// <summary>The table clients, with the registered clients. Used within the transaction that is open on the connection.</summary>
internal static class ClientTable
{
    private static readonly Columns<StoredClient> Columns = ClientColumns.OfClients;
    private static readonly string SelectAll = $"SELECT {Columns.Names} FROM clients ORDER BY id";

    /// <summary>All clients, in the order of their ids, and the rows that cannot be read.</summary>
    public static LoadedClients Load(Connection connection)
    {
        var unreadable = new List<UnreadableClient>();
        var clients = connection.Query(SelectAll, row => Read(row, unreadable));
        clients.RemoveAll(c => c is null);
        return new(clients!, unreadable, connection.Number("SELECT max(id) FROM clients") ?? 0);
    }

    public static void Insert(Connection connection, IReadOnlyList<StoredClient> clients)
    {
        FreeSecondAddresses(connection, clients.Where(c => c.SecondAddress is not null).Select(c => (c.Fleet, c.SecondAddress!)));
        connection.Insert("clients", Columns.Names, Values(clients, Columns.Values));
    }

    public static void Delete(Connection connection, IReadOnlyCollection<long> ids) => connection.Delete("clients", "id", Values(ids, id => (object)id));

    /// <summary>Deletes the rows with these keys, if there are any: orphaned rows, of a removed fleet or outside the fleet's subnet.</summary>
    public static void DeleteByKey(Connection connection, IReadOnlyCollection<string> publicKeys) => connection.Delete("clients", "public_key", publicKeys);

    /// <summary>
    /// Gives clients names, in this order: one may have the name that an earlier one gave up. Orphaned rows that have one of the names lose it.
    /// </summary>
    public static void Rename(Connection connection, IReadOnlyList<NameChange> names)
    {
        if (names.Count == 0)
            return;

        if (connection.Dialect.ErrorEndsTransaction)
        {
            connection.Execute(FreeNames(connection.Dialect), JsonList.Of(names.Where(n => n.Hostname is not null).Select(n => (n.Id, n.Hostname))));
            connection.Update("clients", "id", "hostname, named_by", Values(names, n => new object?[] { n.Id, n.Hostname, n.By }));
            return;
        }

        // Almost never has anybody the name: the registry gives none twice, and knows all rows but the orphaned ones.
        foreach (var (id, hostname, by) in names)
        {
            const string rename = "UPDATE clients SET hostname = $1, named_by = $3 WHERE id = $2";
            try
            {
                connection.Execute(rename, hostname, id, by);
            }
            catch (StoreException e) when (e.Error == StoreError.Unique && hostname is not null)
            {
                connection.Execute("UPDATE clients SET hostname = NULL, named_by = NULL WHERE hostname = $1 AND id <> $2 AND fleet_id = (SELECT fleet_id FROM clients WHERE id = $2)", hostname, id);
                connection.Execute(rename, hostname, id, by);
            }
        }
    }

    /// <summary>Pins clients, or with null unpins them.</summary>
    public static void Pin(Connection connection, IReadOnlyList<(long Id, Pin? Pin)> pins) =>
        connection.Update("clients", "id", "pinned_at, pinned_by", Values(pins, c => new object?[] { c.Id, c.Pin?.Since, c.Pin?.By }));

    /// <summary>Saves the tags of clients.</summary>
    public static void SetTags(Connection connection, IReadOnlyList<(long Id, IReadOnlyDictionary<string, string> Tags)> tags) =>
        connection.Update("clients", "id", "tags", Values(tags, c => new object?[] { c.Id, Tags.Write(c.Tags) }));

    /// <summary>Saves what clients say of themselves.</summary>
    public static void SetFacts(Connection connection, IReadOnlyList<(long Id, IReadOnlyDictionary<string, string> Facts)> facts) =>
        connection.Update("clients", "id", "facts", Values(facts, c => new object?[] { c.Id, Facts.Write(c.Facts) }));

    /// <summary>Saves the preshared keys of clients; null for none.</summary>
    public static void SetPresharedKeys(Connection connection, IReadOnlyList<(long Id, PresharedKey? Key)> keys) =>
        connection.Update("clients", "id", "preshared_key", Values(keys, c => new object?[] { c.Id, c.Key?.Reveal() }));

    /// <summary>Saves the IPv4 addresses that clients get beside their IPv6 ones.</summary>
    public static void SetSecondAddresses(Connection connection, IReadOnlyList<(long Id, string Fleet, IPAddress Address)> addresses)
    {
        FreeSecondAddresses(connection, addresses.Select(a => (a.Fleet, a.Address)));
        connection.Update("clients", "id", "assigned_ip4", Values(addresses, a => new object?[] { a.Id, a.Address.ToString() }));
    }

    /// <summary>Saves the times of the last client.online events; null for offline.</summary>
    public static void SetOnline(Connection connection, IReadOnlyList<(long Id, DateTimeOffset? Since)> presence) =>
        connection.Update("clients", "id", "online_since", Values(presence, c => new object?[] { c.Id, c.Since }));

    /// <summary>Saves when and where from clients were last seen. A client that was removed is not an error.</summary>
    public static void SetSeen(Connection connection, IReadOnlyList<SeenClient> seen) => connection.Update(
        "clients", "id", "timestamp, last_handshake, endpoint", Values(seen, c => new object?[] { c.Id, c.LastPing, c.LastHandshake, c.Endpoint?.ToString() }));

    /// <summary>Takes names from the rows that have them and are not renamed themselves. $1 has the new name of each id.</summary>
    private static string FreeNames(Dialect dialect) =>
        $"""
        UPDATE clients SET hostname = NULL, named_by = NULL WHERE id IN (
            SELECT other.id FROM {dialect.EachPair("$1")} name JOIN clients renamed ON renamed.id = CAST(name.key AS BIGINT)
            JOIN clients other ON other.fleet_id = renamed.fleet_id AND other.hostname = name.value
            WHERE other.id NOT IN (SELECT CAST(key AS BIGINT) FROM {dialect.EachPair("$1")}))
        """;

    // Rows that the registry does not know, or that have had the address before their fleet's subnet4 changed, may have one that is given now.
    private static void FreeSecondAddresses(Connection connection, IEnumerable<(string Fleet, IPAddress Address)> addresses)
    {
        foreach (var (fleet, address) in addresses)
            connection.Execute("UPDATE clients SET assigned_ip4 = NULL WHERE fleet_id = $1 AND assigned_ip4 = $2", fleet, address.ToString());
    }

    private static TValue[] Values<T, TValue>(IReadOnlyCollection<T> all, Func<T, TValue> values) => [.. all.Select(values)];

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

/// <summary>A name that a client gets, or gives up.</summary>
/// <param name="Id">The number of its row.</param>
/// <param name="Hostname">Its name from now on; null for none.</param>
/// <param name="By">The operator who gave it the name; null if none did.</param>
internal readonly record struct NameChange(long Id, string? Hostname, string? By = null);

/// <summary>When and where from a client was last seen.</summary>
/// <param name="Id">The number of its row.</param>
/// <param name="LastPing">The last ping, or the registration.</param>
/// <param name="LastHandshake">The last handshake; null for none.</param>
/// <param name="Endpoint">The address and UDP port that WireGuard last heard it from; null if unknown.</param>
internal readonly record struct SeenClient(long Id, DateTimeOffset LastPing, DateTimeOffset? LastHandshake, IPEndPoint? Endpoint);

/// <summary>What a start reads of the clients.</summary>
/// <param name="Clients">In the order of their ids.</param>
/// <param name="Unreadable">Rows with an invalid address, key or time.</param>
/// <param name="LastId">The highest id of all rows; 0 if there are none.</param>
internal sealed record LoadedClients(IReadOnlyList<StoredClient> Clients, IReadOnlyList<UnreadableClient> Unreadable, long LastId);

/// <summary>A row of a client that cannot be read, and why.</summary>
internal sealed record UnreadableClient(long Id, string Fleet, string Reason);
