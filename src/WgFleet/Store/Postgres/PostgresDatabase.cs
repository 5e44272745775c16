using WgFleet.Hosting;
using WgFleet.Store.Engine;

namespace WgFleet.Store.Postgres;

/// <summary>Opens PostgreSQL databases.</summary>
internal static partial class PostgresDatabase
{
    private static readonly int Known = Migration.OfPostgres[^1].Version;

    /// <summary>Connects to the database, and creates its tables or upgrades them if necessary. Blocks.</summary>
    /// <param name="connectionString">Npgsql's connection string.</param>
    /// <param name="log">Is told of an upgrade.</param>
    /// <exception cref="StartupException">It cannot be reached or written, another server uses it, or it is newer than this program.</exception>
    public static Database Open(string connectionString, ILogger log)
    {
        var engine = new PostgresEngine(connectionString);
        Connection? writer = null;
        try
        {
            writer = engine.OpenWriter();
            Upgrade(writer, engine.Name, log);
            return new Database(engine, writer);
        }
        catch (Exception e)
        {
            writer?.Dispose();
            engine.Dispose();
            if (e is StoreException)
                throw engine.Refusal(e);

            throw;
        }
    }

    /// <summary>
    /// Connects to a database that several gateways share, of which the holder of the lease writes. Creates or upgrades its tables if no other gateway uses it. Blocks.
    /// </summary>
    /// <param name="connectionString">Npgsql's connection string.</param>
    /// <param name="fence">What lets this gateway write only while it holds the lease.</param>
    /// <param name="log">Is told of an upgrade.</param>
    /// <exception cref="StartupException">
    /// It cannot be reached or written, a server without a gateway name or a gateway of this name uses it, it is newer than this program, or it needs an upgrade while other gateways use it.
    /// </exception>
    public static Database OpenShared(string connectionString, WriteFence fence, ILogger log)
    {
        var engine = new PostgresEngine(connectionString, fence);
        Connection? writer = null;
        try
        {
            using (var alone = engine.TryOpenAlone())
            {
                if (alone is not null)
                    Upgrade(alone, engine.Name, log);
            }

            writer = engine.OpenWriter();
            if (RefuseOthers(writer, engine.Name) is var schema && schema < Known)
                throw new StartupException($"database {engine.Name} needs an upgrade (schema {schema}, this one has {Known}), and other gateways use it: stop all of them, then start this version");

            LeaseTable.CheckTimeline(writer);
            return new Database(engine, writer, fence);
        }
        catch (Exception e)
        {
            writer?.Dispose();
            engine.Dispose();
            if (e is StoreException)
                throw engine.Refusal(e);

            throw;
        }
    }

    /// <summary>Throws what <see cref="Open"/> would throw, as far as that can be found out without changing anything, and reads. A server may use the database. Blocks.</summary>
    /// <exception cref="StartupException">It cannot be reached, it is newer than this program, or this user may not write it.</exception>
    public static T Check<T>(string connectionString, Func<Connection, T> read)
    {
        using var engine = new PostgresEngine(connectionString);
        try
        {
            using var connection = engine.OpenToLook();
            RefuseOthers(connection, engine.Name);
            return connection.ReadAtOnce(read);
        }
        catch (StoreException e)
        {
            throw engine.Refusal(e);
        }
    }

    /// <summary>Opens an existing database to read it, and keeps servers away from it. Blocks.</summary>
    /// <exception cref="StartupException">Another server uses it, or it cannot be read.</exception>
    public static HeldConnection Hold(string connectionString)
    {
        var engine = new PostgresEngine(connectionString);
        Connection? connection = null;
        try
        {
            connection = engine.OpenWriter();
            connection.Run("SET default_transaction_read_only = on");
            return new HeldConnection(engine.Name, connection, engine);
        }
        catch (Exception e)
        {
            connection?.Dispose();
            engine.Dispose();
            if (e is StoreException)
                throw engine.Refusal(e);

            throw;
        }
    }

    private static void Upgrade(Connection connection, string name, ILogger log)
    {
        var before = RefuseOthers(connection, name);
        Migrator.Apply(connection, Migration.OfPostgres, before);
        if (before > 0 && before < Known)
            Log.Upgraded(log, name, before, Known);
    }

    /// <summary>The schema of the database; 0 if it has none.</summary>
    /// <exception cref="StartupException">The database is newer than this program, or another program's.</exception>
    /// <exception cref="StoreException">This user may not change it.</exception>
    private static int RefuseOthers(Connection connection, string name)
    {
        var before = SchemaVersion.Read(connection);
        if (before > Known)
        {
            throw new StartupException(
                $"database {name} was written by a newer wg-fleet (schema {before}, this one knows {Known}): install that version again, or restore a backup of this one");
        }

        if (before == 0 && connection.HasTable("clients"))
            throw new StartupException($"database {name} has a table clients that is not ours: name another database or another schema (search_path)");

        if (before < Known && connection.Number("SELECT CAST(has_schema_privilege(current_schema(), 'CREATE') AS int)::bigint") != 1)
            throw new StoreException(StoreError.NotWritable, "it may create no tables");

        if (before > 0 && connection.Number("SELECT CAST(has_table_privilege('log', 'UPDATE') AS int)::bigint") != 1)
            throw new StoreException(StoreError.NotWritable, "it may not change the tables");

        return before;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Upgraded database {Name} from schema {Before} to {After}")]
        public static partial void Upgraded(ILogger log, string name, int before, int after);
    }
}
