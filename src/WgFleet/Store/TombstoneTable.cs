using WgFleet.Store.Engine;

namespace WgFleet.Store;

/// <summary>The table removed_clients. Used within the transaction that is open on the connection.</summary>
internal static class TombstoneTable
{
    private static readonly Columns<Tombstone> Columns = ClientColumns.OfTombstones;
    private static readonly string Select = $"SELECT {Columns.Names} FROM removed_clients";
    private static readonly string SelectPage = $"{Select} WHERE seq < $1 AND (CAST($2 AS TEXT) IS NULL OR fleet = $2) ORDER BY seq DESC LIMIT $3";

    // A name has no dot, so what follows the first one is a fleet.
    public static readonly string SelectNamed =
        $"""
        {Select} WHERE (CAST($1 AS TEXT) IS NULL OR fleet = $1) AND (address = $2 OR address4 = $2 OR public_key = $2 OR hostname = $2 OR (hostname = $3 AND fleet = $4))
        ORDER BY seq DESC LIMIT $5
        """;

    public static void Insert(Connection connection, IEnumerable<Tombstone> tombstones) =>
        connection.Insert("removed_clients", Columns.Names, [.. tombstones.Select(Columns.Values)]);

    public static void DeleteByKey(Connection connection, IReadOnlyCollection<string> publicKeys) => connection.Delete("removed_clients", "public_key", publicKeys);

    /// <summary>The latest before an event number, of one fleet or, with null, of all.</summary>
    public static List<Tombstone> Page(Connection connection, string? fleet, long before, int limit) => Readable(connection.Query(SelectPage, Read, before, fleet, limit));

    /// <summary>Those that had this address, key, name or name.fleet, the latest first.</summary>
    public static List<Tombstone> Find(Connection connection, string text, string? fleet, int limit)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        return Readable(connection.Query(SelectNamed, Read, fleet, text, dot < 0 ? null : text[..dot], dot < 0 ? null : text[(dot + 1)..], limit));
    }

    /// <summary>The highest client id of all; 0 if there are none.</summary>
    public static long LastId(Connection connection) => connection.Number("SELECT max(client_id) FROM removed_clients") ?? 0;

    /// <summary>Whether the tombstone of the removal with this event number is kept.</summary>
    public static bool Has(Connection connection, long sequence) => connection.Number("SELECT count(*) FROM removed_clients WHERE seq = $1", sequence) > 0;

    /// <summary>Deletes up to <paramref name="limit"/> from before a time, the oldest first; returns how many.</summary>
    public static int Delete(Connection connection, DateTimeOffset before, int limit) => connection.Execute(
        "DELETE FROM removed_clients WHERE seq IN (SELECT seq FROM removed_clients WHERE removed_at < $1 ORDER BY removed_at LIMIT $2)", before, limit);

    /// <summary>Gives up to <paramref name="limit"/> that were removed in the future the present time; returns how many.</summary>
    public static int Clamp(Connection connection, DateTimeOffset now, int limit) => connection.Execute(
        "UPDATE removed_clients SET removed_at = $1 WHERE seq IN (SELECT seq FROM removed_clients WHERE removed_at > $1 LIMIT $2)", now, limit);

    private static List<Tombstone> Readable(List<Tombstone?> tombstones)
    {
        tombstones.RemoveAll(t => t is null);
        return tombstones!;
    }

    /// <summary>A tombstone; null if another program has written values into it that cannot be read, so that it cannot be restored.</summary>
    private static Tombstone? Read(Row row)
    {
        try
        {
            return Columns.Read(new Tombstone(), row);
        }
        catch (Exception e) when (e is FormatException or InvalidCastException or InvalidOperationException)
        {
            return null;
        }
    }
}
