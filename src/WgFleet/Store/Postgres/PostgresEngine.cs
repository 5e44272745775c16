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
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        var (hosts, session) = (settings.Host ?? "", settings.TargetSessionAttributes);
        settings.Pooling = false;
        settings.TargetSessionAttributes = null;
        settings.ApplicationName = string.Create(CultureInfo.InvariantCulture, $"wg-fleet, pid {Environment.ProcessId} on {Environment.MachineName}");
        Name = $"{settings.Database} of {hosts}";
        var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        builder.EnableArrays();
        builder.EnableTransportSecurity();

        // Of several hosts, the one that can be written.
        _source = hosts.Contains(',') ? builder.BuildMultiHost().WithTargetSession(Enum.TryParse<TargetSessionAttributes>(session?.Replace("-", ""), ignoreCase: true, out var which) ? which : TargetSessionAttributes.Primary)
            : builder.Build();
    }

    /// <summary>Whether two connection strings name one database in the same words.</summary>
    public static bool IsSame(string one, string other)
    {
        var (a, b) = (new NpgsqlConnectionStringBuilder(one), new NpgsqlConnectionStringBuilder(other));
        return (a.Host, a.Port, a.Database) == (b.Host, b.Port, b.Database);
    }

    /// <summary>The database and its host, as messages name it.</summary>
    public string Name { get; }

    public Dialect Dialect => PostgresDialect.Instance;

    /// <summary>Opens the connection that writes, and locks the database. Blocks, for up to a second longer than the server takes.</summary>
    /// <exception cref="StartupException">Another server uses the database; the message says which.</exception>
    /// <exception cref="StoreException">The server cannot be reached, or refuses.</exception>
    public Connection OpenWriter()
    {
        var writer = OpenToLook();
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

    /// <summary>Opens a connection as the one that writes, without the lock, and checks that the server is one that can be used. Blocks.</summary>
    /// <exception cref="StoreException">The server cannot be reached, refuses, or cannot be used.</exception>
    public PostgresLink OpenToLook()
    {
        var link = PostgresLink.Open(_source, Session);
        try
        {
            if (link.First("SHOW server_encoding", row => row[0].Text) is var encoding and not "UTF8")
                throw new StoreException(StoreError.Failed, $"its encoding is {encoding}; create it with ENCODING 'UTF8' TEMPLATE template0");

            if (link.First("SHOW transaction_read_only", row => row[0].Text) == "on")
                throw new StoreException(StoreError.ReadOnly, "it is read-only");

            return link;
        }
        catch
        {
            link.Dispose();
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
            StoreError.Failed when State(e) is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
                $"database {Name}: PostgreSQL refuses the user ({e.Message}): correct Username and Password in the secret file, or pg_hba.conf",
            StoreError.Failed when State(e) == PostgresErrorCodes.InvalidCatalogName => $"database {Name} does not exist: create it with createdb, or name another one",
            StoreError.Unavailable => $"database {Name} cannot be reached ({Reason(e)}): check that PostgreSQL runs there, and what the connection string says",
            StoreError.ReadOnly => $"database {Name} is read-only, such as a standby: name the primary, or the hosts of all, with commas between them",
            StoreError.NotWritable => $"database {Name} may not be changed by this user ({e.Message}): give the user the rights, or name the user who has made the tables",
            StoreError.Full => $"database {Name}: the disk of PostgreSQL is full; free some space and start again",
            _ => $"database {Name} cannot be used: {e.Message}",
        },
        e);

    public void Dispose() => _source.Dispose();

    private static string? State(Exception e) => (e.InnerException as PostgresException)?.SqlState;

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
