using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

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
        if (history.Exists() || !Exists(db, "clients"))
            return;

        var copy = path + ".python";
        if (!File.Exists(copy))
            db.Database.ExecuteSqlRaw("VACUUM INTO {0}", copy);

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

        Log.Adopted(log, path, copy, Count(db));
        if (dropped > 0)
            Log.Dropped(log, dropped, copy);
        if (unnamed > 0)
            Log.Unnamed(log, unnamed);
    }

    private static int Count(FleetDb db) => db.Database.SqlQueryRaw<int>("SELECT count(*) AS Value FROM clients").Single();

    private static bool Exists(FleetDb db, string table) =>
        db.Database.SqlQueryRaw<int>("SELECT count(*) AS Value FROM sqlite_master WHERE type = 'table' AND name = {0}", table).Single() > 0;

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
