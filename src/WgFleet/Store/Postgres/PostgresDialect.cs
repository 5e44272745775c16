using System.Data.Common;
using Npgsql;
using WgFleet.Store.Engine;

namespace WgFleet.Store.Postgres;

/// <summary>PostgreSQL's own words (https://www.postgresql.org/docs/15/functions-json.html). Times have a type, and so has JSON.</summary>
internal sealed class PostgresDialect : Dialect
{
    public static readonly PostgresDialect Instance = new();

    public override string? CopyInto => null;

    public override string LastSequence => "SELECT head FROM log";

    public override string? SetLastSequence => "UPDATE log SET head = $1 WHERE head < $1";

    // The transaction that wrote a row is in the row (https://www.postgresql.org/docs/15/ddl-system-columns.html), also after a crash and on a standby.
    public override string? Mark => "UPDATE log SET head = head RETURNING CAST(CAST(xmin AS text) AS bigint)";

    public override string? LastMark => "SELECT CAST(CAST(xmin AS text) AS bigint) FROM log";

    public override bool ErrorEndsTransaction => true;

    public override string CountTables => "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1";

    public override string ColumnsOf =>
        "SELECT attname::text FROM pg_attribute WHERE attrelid = CAST($1 AS regclass) AND attnum > 0 AND NOT attisdropped AND attidentity = '' ORDER BY attnum";

    public override string CreateSchemaMigrations =>
        "CREATE TABLE IF NOT EXISTS schema_migrations (version bigint NOT NULL PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL)";

    public override void TryToWrite(Connection connection) =>
        connection.Execute("UPDATE schema_migrations SET name = name WHERE version = (SELECT max(version) FROM schema_migrations)");

    // PostgreSQL would plan for empty tables until it looks at them by itself, a minute later.
    public override void EndCopy(Connection connection, IEnumerable<string> tables, long lastSequence)
    {
        connection.Execute("UPDATE log SET head = $1", lastSequence);
        connection.Run($"ANALYZE {string.Join(", ", tables)}");
    }

    public override string Each(string parameter) => $"json_array_elements_text({parameter})";

    public override string EachPair(string parameter) => $"json_each_text({parameter})";

    public override string LatestOfEach(string condition) =>
        $"""
        SELECT one, seq, client FROM json_array_elements_text($1) AS asked(one)
        CROSS JOIN LATERAL (SELECT seq, client FROM events WHERE {condition} ORDER BY seq DESC LIMIT $2) AS latest
        """;

    public override string OfEvent(string path) =>
        path.Split('.') is [var outer, var inner] ? $"(data -> '{outer}' ->> '{inner}')" : $"(data ->> '{path}')";

    public override string EventContains(string parameter) => $"strpos(CAST(data AS text), {parameter}) > 0";

    public override DateTime ReadTime(DbDataReader reader, int column) => reader.GetDateTime(column);

    /// <summary>Translates SQLSTATE codes (https://www.postgresql.org/docs/15/errcodes-appendix.html). An error without one is one of the network.</summary>
    public override StoreException Translate(DbException e) => e is PostgresException postgres
        ? new(Kind(postgres.SqlState), postgres.MessageText, e)
        : new(e is NpgsqlException ? StoreError.Unavailable : StoreError.Failed, e.Message, e);

    private static StoreError Kind(string code) => code switch
    {
        PostgresErrorCodes.UniqueViolation => StoreError.Unique,
        PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure => StoreError.Busy,
        PostgresErrorCodes.DiskFull => StoreError.Full,
        PostgresErrorCodes.QueryCanceled => StoreError.TimedOut,
        PostgresErrorCodes.ReadOnlySqlTransaction => StoreError.ReadOnly,
        PostgresErrorCodes.InsufficientPrivilege => StoreError.NotWritable,
        PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => StoreError.Corrupt,

        // Connections, resources, an administrator's shutdown, and trouble of the operating system.
        ['0', '8', ..] or ['5', '3', ..] or ['5', '7', ..] or ['5', '8', ..] => StoreError.Unavailable,
        _ => StoreError.Failed,
    };
}
