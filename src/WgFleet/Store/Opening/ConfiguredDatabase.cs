using WgFleet.Config;
using WgFleet.Hosting;
using WgFleet.Linux;
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

    /// <summary>Opens it for one of several gateways. Blocks.</summary>
    /// <param name="config">The configuration, with PostgreSQL and the name of the gateway.</param>
    /// <param name="fence">What lets this gateway write only while it holds the lease.</param>
    /// <param name="log">Is told of an upgrade.</param>
    /// <exception cref="StartupException">It cannot be used: one line that says what to do.</exception>
    public static Database OpenShared(ServerConfig config, WriteFence fence, ILogger log) => PostgresDatabase.OpenShared(ConnectionText.Read(config.PostgresFile!), fence, log);

    /// <summary>The lease on a database that several gateways share. Connects when it is first asked.</summary>
    /// <param name="config">The configuration, with PostgreSQL and the name of the gateway.</param>
    /// <param name="fence">Is told whether this gateway may write.</param>
    /// <param name="time">The clock of this gateway.</param>
    /// <exception cref="StartupException">The secret file cannot be used.</exception>
    public static GatewayLease LeaseOf(ServerConfig config, WriteFence fence, TimeProvider time) =>
        new(ConnectionText.Read(config.PostgresFile!), config.Gateway!.Lease, fence, time);

    /// <summary>Throws what <see cref="Open"/> would throw, as far as that can be found out without changing anything. Blocks.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="isServersView">Whether this process sees and may write what the server does.</param>
    /// <returns>The files that the server has written; null if this user cannot read that now.</returns>
    /// <exception cref="StartupException">It cannot be used: one line that says what to do.</exception>
    public static WrittenFiles? Check(ServerConfig config, bool isServersView = false) =>
        Check(config, WrittenFileStore.Read, WrittenFiles.None, isServersView);

    /// <summary>The same, and reads; a server may use the database. Blocks.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="read">Reads from a database of any version, also one without tables.</param>
    /// <param name="none">What there is where there is no database yet.</param>
    /// <param name="isServersView">Whether this process sees and may write what the server does.</param>
    /// <returns>What was read; null if this user cannot read it now.</returns>
    /// <exception cref="StartupException">It cannot be used: one line that says what to do.</exception>
    public static T? Check<T>(ServerConfig config, Func<Connection, T> read, T none, bool isServersView = false)
        where T : class
    {
        if (config.PostgresFile is { } file)
            return PostgresDatabase.Check(ConnectionText.Read(file), read);

        SqliteDatabase.Check(config.Database, isServersView);
        return SqliteDatabase.TryLook(config.Database, read, out var result) ? result : File.Exists(config.Database) ? null : none;
    }

    /// <summary>Opens it to read all that it has, while no server uses it. Blocks.</summary>
    /// <exception cref="StartupException">There is none, a server uses it, or it is not of this program's version.</exception>
    public static HeldConnection Hold(ServerConfig config)
    {
        var held = config.PostgresFile is { } file ? PostgresDatabase.Hold(ConnectionText.Read(file)) : SqliteDatabase.Hold(config.Database);
        try
        {
            var (schema, known) = (SchemaVersion.Read(held.Connection), Migration.OfSqlite[^1].Version);
            return schema == known ? held : throw new StartupException(
                schema > known ? $"database {held.Name} was written by a newer wg-fleet (schema {schema}, this one knows {known}): install that version"
                : schema > 0 ? $"database {held.Name} is of an older wg-fleet (schema {schema}, this one has {known}): start the server once, which upgrades it"
                : held.Connection.HasTable("clients") ? $"database {held.Name} was not made by wg-fleet: if it is the Python server's, start wg-fleet with it once, which adopts it"
                : $"database {held.Name} has no tables: no server has used it");
        }
        catch (Exception e)
        {
            held.Dispose();
            if (e is StoreException)
                throw new StartupException($"database {held.Name} cannot be read: {e.Message}", e);

            throw;
        }
    }

    /// <summary>The database of a configuration, as messages name it.</summary>
    /// <exception cref="StartupException">The secret file cannot be used.</exception>
    public static string NameOf(ServerConfig config)
    {
        if (config.PostgresFile is not { } file)
            return config.Database;

        using var engine = new PostgresEngine(ConnectionText.Read(file));
        return engine.Name;
    }

    /// <summary>Whether two configurations name one database.</summary>
    /// <exception cref="StartupException">A secret file cannot be used.</exception>
    public static bool IsSame(ServerConfig one, ServerConfig other) => (one.PostgresFile, other.PostgresFile) switch
    {
        ({ } a, { } b) => PostgresEngine.IsSame(ConnectionText.Read(a), ConnectionText.Read(b)),
        (null, null) => one.Database == other.Database || (Interop.IdentityOf(one.Database) is { } identity && identity == Interop.IdentityOf(other.Database)),
        _ => false,
    };
}
