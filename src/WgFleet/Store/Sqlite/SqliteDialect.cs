using System.Data.Common;
using Microsoft.Data.Sqlite;
using WgFleet.Store.Engine;

namespace WgFleet.Store.Sqlite;

/// <summary>SQLite's own words. Times are texts, and so is JSON (https://www.sqlite.org/json1.html).</summary>
internal sealed class SqliteDialect : Dialect
{
    public static readonly SqliteDialect Instance = new();

    public override string LastSequence => "SELECT max(seq) FROM (SELECT seq FROM sqlite_sequence WHERE name = 'events' UNION ALL SELECT max(seq) FROM events)";

    // It leaves the mode of the file alone.
    public override string? CopyInto => "VACUUM INTO $1";

    public override string? SetLastSequence => null;

    // A commit that fails is rolled back, in the process.
    public override string? Mark => null;

    public override string? LastMark => null;

    public override bool ErrorEndsTransaction => false;

    public override string CountTables => "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1";

    public override string ColumnsOf => "SELECT name FROM pragma_table_info($1) ORDER BY cid";

    public override string CreateSchemaMigrations =>
        "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)";

    // An UPDATE to the value that is there already would write no page.
    public override void TryToWrite(Connection connection) => connection.Run($"PRAGMA user_version = {connection.Number("PRAGMA user_version") ?? 0}");

    // SQLite raised the number with each event that was inserted; the events with the highest ones may have been deleted (https://www.sqlite.org/autoinc.html).
    public override void EndCopy(Connection connection, IEnumerable<string> tables, long lastSequence)
    {
        connection.Execute("DELETE FROM sqlite_sequence WHERE name = 'events'");
        connection.Execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('events', $1)", lastSequence);
    }

    public override string Each(string parameter) => $"json_each({parameter})";

    public override string EachPair(string parameter) => $"json_each({parameter})";

    // The inner query steps back in the index to the number from which on the events are read. json_each has columns with names that events have, too.
    public override string LatestOfEach(string condition) =>
        $"""
        SELECT one, seq, client FROM (SELECT value AS one FROM json_each($1)) CROSS JOIN events WHERE {condition}
            AND seq >= coalesce((SELECT seq FROM events WHERE {condition} ORDER BY seq DESC LIMIT 1 OFFSET $2 - 1), 0)
        """;

    public override string OfEvent(string path) => $"CASE WHEN json_valid(data) THEN json_extract(data, '$.{path}') END";

    public override string EventContains(string parameter) => $"instr(data, {parameter}) > 0";

    public override DateTime ReadTime(DbDataReader reader, int column) => UtcText.Read(reader.GetString(column));

    /// <summary>Translates SQLite's result codes (https://www.sqlite.org/rescode.html).</summary>
    public override StoreException Translate(DbException e) => new(e is SqliteException sqlite ? Kind(sqlite) : StoreError.Failed, e.Message, e);

    private static StoreError Kind(SqliteException e) => (e.SqliteErrorCode, e.SqliteExtendedErrorCode) switch
    {
        (_, 1555 or 2067 or 2579) => StoreError.Unique,
        (5 or 6, _) => StoreError.Busy,
        (9, _) => StoreError.TimedOut,
        (13, _) => StoreError.Full,
        (11 or 26, _) => StoreError.Corrupt,
        (3 or 8 or 14 or 23, _) => StoreError.NotWritable,
        (10 or 22, _) => StoreError.Unavailable,
        _ => StoreError.Failed,
    };
}
