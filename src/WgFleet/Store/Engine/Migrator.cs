using System.Diagnostics;
using WgFleet.Hosting;

namespace WgFleet.Store.Engine;

/// <summary>
/// Upgrades a database to the schema of this program, with one transaction for each migration. A database with content is copied
/// first; the copy is kept until the next upgrade.
/// </summary>
internal static partial class Migrator
{
    /// <exception cref="StartupException">The database is newer than this program, or another program's.</exception>
    /// <exception cref="StoreException">It cannot be read or written.</exception>
    /// <exception cref="IOException">It cannot be copied.</exception>
    public static void Run(Connection connection, string path, ILogger log)
    {
        var (before, known) = (SchemaVersion.Read(connection), Migration.All.Count);
        RefuseNewer(before, path);

        if (before == 0 && SchemaVersion.IsPython(connection))
        {
            Adoption.Run(connection, path, log);
            Apply(connection, 1);
            return;
        }

        if (before == known)
            return;

        var started = Stopwatch.GetTimestamp();
        var copy = before > 0 ? DatabaseCopy.Keep(connection, path, before) : null;
        Apply(connection, before);
        if (copy is not null)
            Log.Upgraded(log, path, before, known, Stopwatch.GetElapsedTime(started).TotalSeconds, copy);
    }

    /// <exception cref="StartupException">A database of this schema is newer than this program.</exception>
    public static void RefuseNewer(int schema, string path)
    {
        var known = Migration.All.Count;
        if (schema > known)
        {
            throw new StartupException(
                $"database {path} was written by a newer wg-fleet (schema {schema}, this one knows {known}): install that version again, or move back the copy {DatabaseCopy.Backup(path, known)} if it is there");
        }
    }

    private static void Apply(Connection connection, int before)
    {
        foreach (var migration in Migration.All.Skip(before))
        {
            connection.Transact(c =>
            {
                c.Run(migration.Sql);
                SchemaVersion.Record(c, migration.Version);
            });
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Upgraded database {Path} from schema {Before} to {After} in {Seconds:0.0} s; {Copy} is a copy from before, kept until the next upgrade")]
        public static partial void Upgraded(ILogger log, string path, int before, int after, double seconds, string copy);
    }
}
