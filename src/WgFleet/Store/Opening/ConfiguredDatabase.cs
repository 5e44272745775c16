using WgFleet.Config;
using WgFleet.Hosting;
using WgFleet.Store.Engine;
using WgFleet.Store.Postgres;
using WgFleet.Store.Sqlite;

namespace WgFleet.Store.Opening;

/// <summary>The database that the configuration names: a file, or PostgreSQL.</summary>
internal static class ConfiguredDatabase
{
    /// <summary>Opens it for the only server that may use it, and creates or upgrades its tables if necessary. Blocks.</summary>
    /// <exception cref="StartupException">It cannot be used: one line that says what to do.</exception>
    public static Database Open(ServerConfig config, ILogger log) =>
        config.PostgresFile is { } file ? PostgresDatabase.Open(ConnectionText.Read(file), log) : SqliteDatabase.Open(config.Database, log);

    /// <summary>Throws what <see cref="Open"/> would throw, as far as that can be found out without changing anything. Blocks.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="isServersView">Whether this process sees and may write what the server does.</param>
    /// <returns>The files that the server has written; null if this user cannot read that now.</returns>
    /// <exception cref="StartupException">It cannot be used: one line that says what to do.</exception>
    public static WrittenFiles? Check(ServerConfig config, bool isServersView = false)
    {
        if (config.PostgresFile is { } file)
            return PostgresDatabase.Check(ConnectionText.Read(file), c => c.HasTable("written_files") ? WrittenFileStore.Read(c) : WrittenFiles.None);

        SqliteDatabase.Check(config.Database, isServersView);
        return SqliteDatabase.TryLook(config.Database, WrittenFileStore.Read, out var written) ? written : File.Exists(config.Database) ? null : WrittenFiles.None;
    }
}
