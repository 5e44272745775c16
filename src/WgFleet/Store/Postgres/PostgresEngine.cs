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

    // With a lease, nothing is written outside of a transaction that has passed the fence, and a gateway that was paused inside of one soon lets others write.
    private const string SharedSession = "SET default_transaction_read_only = on; SET idle_in_transaction_session_timeout = '2s'";

    // The locks of gateways by their names are of this class: its bytes are "gate".
    private const int NameLockClass = 0x67617465;

    private readonly NpgsqlDataSource _source;
    private readonly WriteFence? _fence;

    /// <param name="connectionString">Npgsql's connection string (https://www.npgsql.org/doc/connection-string-parameters.html); several hosts with commas between them.</param>
    /// <param name="fence">What lets this gateway write only while it holds the lease; null if no other gateway may use the database.</param>
    public PostgresEngine(string connectionString, WriteFence? fence = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        (Name, _fence) = ($"{settings.Database} of {settings.Host}", fence);
        _source = Source(settings);
    }

    /// <summary>Where connections to the database come from, without a pool.</summary>
    public static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder settings)
    {
        var (hosts, session) = (settings.Host ?? "", settings.TargetSessionAttributes);
        settings.Pooling = false;
        settings.TargetSessionAttributes = null;
        settings.ApplicationName = string.Create(CultureInfo.InvariantCulture, $"wg-fleet, pid {Environment.ProcessId} on {Environment.MachineName}");
        var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        builder.EnableArrays();
        builder.EnableTransportSecurity();

        // Of several hosts, the one that can be written.
        return hosts.Contains(',') ? builder.BuildMultiHost().WithTargetSession(Enum.TryParse<TargetSessionAttributes>(session?.Replace("-", ""), ignoreCase: true, out var which) ? which : TargetSessionAttributes.Primary)
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
        var writer = OpenToLook(_fence);
        try
        {
            if (_fence is null)
                LockAlone(writer);
            else
                LockShared(writer, _fence.Gateway);

            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection that keeps every other server and gateway away; a gateway upgrades the tables with it. Null if another one uses the database. Blocks.</summary>
    /// <exception cref="StoreException">The server cannot be reached, refuses, or cannot be used.</exception>
    public Connection? TryOpenAlone()
    {
        var link = OpenToLook();
        if (TryLock(link, "pg_try_advisory_lock"))
            return link;

        link.Dispose();
        return null;
    }

    private void LockAlone(Connection writer)
    {
        if (!Leftovers.Take(() => TryLock(writer, "pg_try_advisory_lock")))
            throw new StartupException($"database {Name} is in use by {Holder(writer) ?? "another process"}: only one wg-fleet may use it, stop that one first");
    }

    // The lock on the name is also what a reconnected writer waits for: then its old session has ended, and with it a commit in doubt.
    private void LockShared(Connection writer, string gateway)
    {
        if (!Leftovers.Take(() => TryLock(writer, "pg_try_advisory_lock_shared")))
            throw new StartupException($"database {Name} is in use by {Holder(writer) ?? "another process"}, which has no 'gateway' in its configuration: stop that one first, and give it a gateway name");

        if (!Leftovers.Take(() => writer.Number("SELECT CAST(pg_try_advisory_lock($1, hashtext($2)) AS int)::bigint", NameLockClass, gateway) == 1))
            throw new StartupException($"another wg-fleet with 'gateway.name: {gateway}' uses database {Name}: give each gateway its own name");

        writer.Run(SharedSession);
    }

    private static bool TryLock(Connection connection, string function) => connection.Number($"SELECT CAST({function}($1) AS int)::bigint", LockKey) == 1;

    /// <summary>Opens a connection as the one that writes, without the lock, and checks that the server is one that can be used. Blocks.</summary>
    /// <param name="fence">What each transaction that writes has to pass; null if there is none.</param>
    /// <exception cref="StoreException">The server cannot be reached, refuses, or cannot be used.</exception>
    public PostgresLink OpenToLook(WriteFence? fence = null)
    {
        var link = PostgresLink.Open(_source, Session, fence);
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
