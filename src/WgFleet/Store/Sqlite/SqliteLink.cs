using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using WgFleet.Store.Engine;

namespace WgFleet.Store.Sqlite;

/// <summary>A connection to a database file. SQLite is in the process, so a change of many rows is one statement for each.</summary>
internal sealed class SqliteLink : Connection
{
    private readonly SqliteConnection _sqlite;
    private readonly Dictionary<string, SqliteCommand> _statements = new(StringComparer.Ordinal);

    private SqliteLink(SqliteConnection sqlite)
        : base(SqliteDialect.Instance) => _sqlite = sqlite;

    /// <param name="path">The file; made if it is not there and may be written.</param>
    /// <param name="isReadOnly">Whether the connection only reads.</param>
    /// <param name="busySeconds">How long a statement waits for another program that has locked the file.</param>
    /// <exception cref="StoreException">The file cannot be opened.</exception>
    public static SqliteLink Open(string path, bool isReadOnly, int busySeconds)
    {
        var sqlite = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = isReadOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = busySeconds,
        }.ToString());
        var connection = new SqliteLink(sqlite);
        try
        {
            sqlite.Open();
            connection.Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout={1000 * busySeconds}"));
            return connection;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw SqliteDialect.Instance.Translate(e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public override bool IsBroken => false;

    public override int Insert(string table, string columns, IReadOnlyList<object?[]> rows, string onConflict = "")
    {
        if (rows.Count == 0)
            return 0;

        var sql = StatementOf(new("INSERT", table, columns, onConflict), c => $"INSERT INTO {c.Table} ({c.Columns}) VALUES ({Parameters(1, c.Columns)}){c.Detail}");
        var inserted = 0;
        foreach (var row in rows)
            inserted += Execute(sql, row);

        return inserted;
    }

    public override void Update(string table, string key, string columns, IReadOnlyList<object?[]> rows)
    {
        if (rows.Count == 0)
            return;

        var sql = StatementOf(new("UPDATE", table, columns, key), c => $"UPDATE {c.Table} SET ({c.Columns}) = ({Parameters(2, c.Columns)}) WHERE {c.Detail} = $1");
        foreach (var row in rows)
            Execute(sql, row);
    }

    public override void Delete(string table, string column, IReadOnlyCollection<object> values)
    {
        if (values.Count == 0)
            return;

        var sql = StatementOf(new("DELETE", table, "", column), c => $"DELETE FROM {c.Table} WHERE {c.Detail} = $1");
        foreach (var value in values)
            Execute(sql, value);
    }

    public override void Interrupt() => raw.sqlite3_interrupt(_sqlite.Handle);

    public override void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();

        _sqlite.Dispose();
    }

    protected override DbCommand Prepare(string sql, ReadOnlySpan<object?> values)
    {
        if (!_statements.TryGetValue(sql, out var command))
        {
            command = _sqlite.CreateCommand();
            command.CommandText = sql;
            for (var i = 1; i <= values.Length; i++)
                command.Parameters.Add(new SqliteParameter { ParameterName = "$" + i.ToString(CultureInfo.InvariantCulture) });

            _statements.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] switch
            {
                null => DBNull.Value,
                DateTime time => UtcText.Write(time),
                DateTimeOffset time => UtcText.Write(time.UtcDateTime),
                var value => value,
            };
        }

        return command;
    }

    protected override DbCommand CreateCommand(string sql)
    {
        var command = _sqlite.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    protected override void Begin(bool isReadOnly) => Execute(isReadOnly ? "BEGIN" : "BEGIN IMMEDIATE");

    protected override void Commit() => Execute("COMMIT");

    protected override bool IsInDoubt(Exception e) => false;

    protected override void RollBack()
    {
        try
        {
            Execute("ROLLBACK");
        }
        catch (StoreException)
        {
            // SQLite had rolled back by itself, or had not begun.
        }
    }

    private static string Parameters(int first, string columns) =>
        string.Join(", ", Enumerable.Range(first, columns.Split(',').Length).Select(i => string.Create(CultureInfo.InvariantCulture, $"${i}")));
}
