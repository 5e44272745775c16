using System.Diagnostics;
using WgFleet.Hosting;
using WgFleet.Store.Engine;

namespace WgFleet.Store.Sqlite;

/// <summary>
/// Upgrades a database file to the schema of this program. A database with content is copied
/// first; the copy is kept until the next upgrade.
/// </summary>
internal static partial class SqliteUpgrade
{
    private static readonly int Known = Migration.OfSqlite.Count;

    /// <exception cref="StartupException">The database is newer than this program, or another program's.</exception>
    /// <exception cref="StoreException">It cannot be read or written.</exception>
    /// <exception cref="IOException">It cannot be copied.</exception>
    public static void Run(Connection connection, string path, ILogger log)
    {
        var before = SchemaVersion.Read(connection);
        RefuseNewer(before, path);

        if (before == 0 && SchemaVersion.IsPython(connection))
        {
            Adoption.Run(connection, path, log);
            Migrator.Apply(connection, Migration.OfSqlite, 1);
            return;
        }

        if (before == Known)
            return;

        var started = Stopwatch.GetTimestamp();
        var copy = before > 0 ? DatabaseCopy.Keep(connection, path, before) : null;
        Migrator.Apply(connection, Migration.OfSqlite, before);
        if (copy is not null)
            Log.Upgraded(log, path, before, Known, Stopwatch.GetElapsedTime(started).TotalSeconds, copy);
    }

    /// <exception cref="StartupException">A database of this schema is newer than this program.</exception>
    public static void RefuseNewer(int schema, string path)
    {
        if (schema > Known)
        {
            throw new StartupException(
                $"database {path} was written by a newer wg-fleet (schema {schema}, this one knows {Known}): install that version again, or move back the copy {DatabaseCopy.Backup(path, Known)} if it is there");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Upgraded database {Path} from schema {Before} to {After} in {Seconds:0.0} s; {Copy} is a copy from before, kept until the next upgrade")]
        public static partial void Upgraded(ILogger log, string path, int before, int after, double seconds, string copy);
    }
}
