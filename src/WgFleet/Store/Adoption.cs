using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using WgFleet.Hosting;

namespace WgFleet.Store;

/// <summary>
/// Takes over a database of the Python server: keeps a copy beside it, clears away what our unique indexes forbid, and
/// enters its schema as the first migration, so that the next one only adds to it.
/// </summary>
internal static partial class Adoption
{
    /// <summary>Does nothing for a new database or one of our own.</summary>
    public static void Prepare(FleetDb db, string path, ILogger log)
    {
        var history = db.GetService<IHistoryRepository>();
        if (history.Exists() || Count(db, "sqlite_master WHERE type = 'table' AND name = 'clients'") == 0)
            return;

        if (Count(db, "pragma_table_info('clients') WHERE name IN ('id', 'fleet_id', 'public_key', 'assigned_ip', 'http_request_ip', 'hostname', 'timestamp')") != 7)
            throw new StartupException($"database {path} has a table clients that is neither the Python server's nor ours: name another file in 'database'");

        var copy = Copy(db, path);
        using var transaction = db.Database.BeginTransaction();

        // WireGuard gives an address to the peer that asked last: that row is the one whose tunnel works.
        var dropped = db.Database.ExecuteSqlRaw(
            "DELETE FROM clients WHERE id NOT IN (SELECT max(id) FROM clients GROUP BY fleet_id, assigned_ip)");
        dropped += db.Database.ExecuteSqlRaw(
            "DELETE FROM clients WHERE id NOT IN (SELECT max(id) FROM clients GROUP BY public_key)");
        var unnamed = db.Database.ExecuteSqlRaw(
            """
            UPDATE clients SET hostname = NULL WHERE hostname IS NOT NULL AND
            (length(hostname) > 63 OR hostname = '' OR hostname GLOB '*[^a-z0-9_-]*'
             OR id NOT IN (SELECT min(id) FROM clients WHERE hostname IS NOT NULL GROUP BY fleet_id, hostname))
            """);

        db.Database.ExecuteSqlRaw(history.GetCreateScript());
        db.Database.ExecuteSqlRaw(history.GetInsertScript(new HistoryRow(
            db.Database.GetMigrations().First(), "10.0.0")));
        transaction.Commit();

        Log.Adopted(log, path, copy, Count(db, "clients"));
        if (dropped > 0)
            Log.Dropped(log, dropped, copy);
        if (unnamed > 0)
            Log.Unnamed(log, unnamed);
    }

    /// <summary>Copies the database, whole or not at all, to a name that nothing has.</summary>
    private static string Copy(FleetDb db, string path)
    {
        var copy = path + ".python";
        for (var number = 2; File.Exists(copy); number++)
            copy = string.Create(CultureInfo.InvariantCulture, $"{path}.python.{number}");

        var draft = copy + ".tmp";
        try
        {
            File.Delete(draft);
            db.Database.ExecuteSqlRaw("VACUUM INTO {0}", draft);
            File.Move(draft, copy);
            return copy;
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }

    private static int Count(FleetDb db, string from)
    {
        using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "SELECT count(*) FROM " + from;
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Adopted {Path} with {Count} clients of the Python server; it is kept as it was in {Copy}")]
        public static partial void Adopted(ILogger log, string path, string copy, int count);

        [LoggerMessage(2, LogLevel.Warning, "Left out {Count} clients that had the address or key of a later one; they are in {Copy} and must register again")]
        public static partial void Dropped(ILogger log, int count, string copy);

        [LoggerMessage(3, LogLevel.Warning, "Took the names of {Count} clients that are no valid hostnames or had another client's name")]
        public static partial void Unnamed(ILogger log, int count);
    }
}
