using WgFleet.Hosting;
using WgFleet.Store.Engine;

namespace WgFleet.Store.Sqlite;

/// <summary>
/// Adopts a database of the Python server: keeps a copy beside it, corrects rows that violate the unique indexes, and records the
/// schema as that of the first migration, so that the next ones apply to it.
/// </summary>
internal static partial class Adoption
{
    private const string PythonColumns =
        "SELECT count(*) FROM pragma_table_info('clients') WHERE name IN ('id', 'fleet_id', 'public_key', 'assigned_ip', 'http_request_ip', 'hostname', 'timestamp')";

    // WireGuard gives an address to the peer that was set last: the row with the highest id is the one whose tunnel works.
    private const string DropSharedAddresses = "DELETE FROM clients WHERE id NOT IN (SELECT max(id) FROM clients GROUP BY fleet_id, assigned_ip)";

    private const string DropSharedKeys = "DELETE FROM clients WHERE id NOT IN (SELECT max(id) FROM clients GROUP BY public_key)";

    private const string ClearHostnames =
        """
        UPDATE clients SET hostname = NULL WHERE hostname IS NOT NULL AND
        (length(hostname) > 63 OR hostname = '' OR hostname GLOB '*[^a-z0-9_-]*'
         OR id NOT IN (SELECT min(id) FROM clients WHERE hostname IS NOT NULL GROUP BY fleet_id, hostname))
        """;

    /// <exception cref="StartupException">The table clients belongs to another program.</exception>
    /// <exception cref="StoreException">The database cannot be read or written; nothing was changed.</exception>
    /// <exception cref="IOException">The copy cannot be made; nothing was changed.</exception>
    public static void Run(Connection connection, string path, ILogger log)
    {
        if (connection.Number(PythonColumns) != 7)
            throw new StartupException($"database {path} has a table clients that is neither the Python server's nor ours: name another file in 'database'");

        var copy = DatabaseCopy.KeepPython(connection, path);
        var (dropped, unnamed) = connection.Transact(c =>
        {
            var counts = (c.Execute(DropSharedAddresses) + c.Execute(DropSharedKeys), c.Execute(ClearHostnames));
            SchemaVersion.Record(c, Migration.OfSqlite, 1);
            return counts;
        });

        Log.Adopted(log, path, copy, Quantity.Of(connection.Number("SELECT count(*) FROM clients") ?? 0, "client"));
        if (dropped > 0)
            Log.Dropped(log, Quantity.Of(dropped, "client"), copy);
        if (unnamed > 0)
            Log.Unnamed(log, Quantity.Of(unnamed, "name"));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Adopted {Path} with {Clients} of the Python server; {Copy} is a copy from before")]
        public static partial void Adopted(ILogger log, string path, string copy, string clients);

        [LoggerMessage(2, LogLevel.Warning, "Left out {Clients} with the address or key of a later one; {Copy} still has them, and such machines must register again")]
        public static partial void Dropped(ILogger log, string clients, string copy);

        [LoggerMessage(3, LogLevel.Warning, "Removed {Names} of clients: not a valid hostname, or that of another client")]
        public static partial void Unnamed(ILogger log, string names);
    }
}
