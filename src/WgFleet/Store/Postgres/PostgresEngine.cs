using System.Globalization;
using Npgsql;
using WgFleet.Hosting;
using WgFleet.Linux;
using WgFleet.Store.Engine;

namespace WgFleet.Store.Postgres;

/// <summary>A PostgreSQL database. The connection that writes holds an advisory lock on it, which ends with the connection.</summary>
internal sealed class PostgresEngine : IEngine
{
    // The bytes of "wg-fleet". Such a lock is of one database (https://www.postgresql.org/docs/15/explicit-locking.html#ADVISORY-LOCKS).
    private const long LockKey = 0x77672d666c656574;

    // A server that has lost this machine ends its connections, and with them the lock, within seconds. Times are written in UTC.
    private const string Session =
        """
        SET timezone = 'UTC'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '30s'; SET client_connection_check_interval = '2s';
        SET tcp_user_timeout = '10s'; SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3
        """;

    private readonly NpgsqlDataSource _source;

    /// <param name="connectionString">Npgsql's connection string (https://www.npgsql.org/doc/connection-string-parameters.html); several hosts with commas between them.</param>
    public PostgresEngine(string connectionString)
    {
        var builder = new NpgsqlSlimDataSourceBuilder(connectionString);
        builder.EnableArrays();
        builder.EnableTransportSecurity();
        builder.ConnectionStringBuilder.Pooling = false;
        builder.ConnectionStringBuilder.ApplicationName =
            string.Create(CultureInfo.InvariantCulture, $"wg-fleet, pid {Environment.ProcessId} on {Environment.MachineName}");
        Name = $"{builder.ConnectionStringBuilder.Database} of {builder.ConnectionStringBuilder.Host}";
        _source = builder.Build();
    }

    /// <summary>The database and its host, as messages name it.</summary>
    public string Name { get; }

    public Dialect Dialect => PostgresDialect.Instance;

    /// <summary>Opens the connection that writes, and locks the database. Blocks, for up to a second longer than the server takes.</summary>
    /// <exception cref="StartupException">Another server uses the database; the message says which.</exception>
    /// <exception cref="StoreException">The server cannot be reached, or refuses.</exception>
    public Connection OpenWriter()
    {
        var writer = PostgresLink.Open(_source, Session);
        try
        {
            if (!Leftovers.Take(() => writer.Number("SELECT CAST(pg_try_advisory_lock($1) AS int)::bigint", LockKey) == 1))
                throw new StartupException($"database {Name} is in use by {Holder(writer) ?? "another process"}: only one wg-fleet may use it, stop that one first");

            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    public Connection OpenReader() => PostgresLink.Open(_source, Session + "; SET default_transaction_read_only = on");

    public void SetRelaxed(Connection writer, bool isRelaxed) => writer.Run(isRelaxed ? "SET synchronous_commit = off" : "SET synchronous_commit = on");

    // The lock is on the connection, and so is the database.
    public void CheckIdentity()
    {
    }

    public StoreException? Lasting(StoreException trouble) => null;

    public StartupException Refusal(Exception e) => new(
        (e as StoreException)?.Error switch
        {
            StoreError.Unavailable => $"database {Name} cannot be reached ({Reason(e)}): check that PostgreSQL runs there, and what the connection string says",
            StoreError.NotWritable when (e.InnerException as PostgresException)?.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction =>
                $"database {Name} is read-only, such as a standby: name the primary, or add 'Target Session Attributes=primary' to the connection string",
            StoreError.NotWritable => $"database {Name} may not be changed by this user ({e.Message}): give the user the rights, or name another one",
            StoreError.Full => $"database {Name}: the disk of PostgreSQL is full; free some space and start again",
            _ => $"database {Name} cannot be used: {e.Message}",
        },
        e);

    public void Dispose() => _source.Dispose();

    // Npgsql wraps what the system said.
    private static string Reason(Exception e) => e.InnerException?.InnerException?.Message ?? e.Message;

    /// <summary>Who has locked the database; null if nobody has.</summary>
    private static string? Holder(Connection connection) => connection.First(
        """
        SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid JOIN pg_database d ON d.oid = l.database
        WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND d.datname = current_database()
            AND (CAST(l.classid AS bigint) << 32) + CAST(l.objid AS bigint) = $1
        """,
        row => row[0].TextOrNull ?? "",
        LockKey) is { Length: > 0 } name ? name : null;
}
