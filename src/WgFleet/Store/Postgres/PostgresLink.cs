using System.Data;
using System.Data.Common;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using WgFleet.Store.Engine;

namespace WgFleet.Store.Postgres;

/// <summary>
/// A connection to PostgreSQL. Values are sent as text, and the server knows their types from the statement, so that one text serves both engines. A change
/// of many rows is one statement with a list for each column.
/// </summary>
internal sealed class PostgresLink : Connection
{
    /// <summary>The oldest version that has all that is used (client_connection_check_interval).</summary>
    private const int Oldest = 14;

    private readonly NpgsqlConnection _npgsql;
    private readonly Dictionary<string, NpgsqlCommand> _statements = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, string>> _types = [];
    private readonly WriteFence? _fence;
    private NpgsqlTransaction? _transaction;
    private volatile NpgsqlCommand? _last;

    private PostgresLink(NpgsqlConnection npgsql, WriteFence? fence)
        : base(PostgresDialect.Instance) => (_npgsql, _fence) = (npgsql, fence);

    /// <param name="source">Where the database is.</param>
    /// <param name="settings">Statements that set what the session needs.</param>
    /// <param name="fence">What each transaction that writes has to pass; null if there is none.</param>
    /// <exception cref="StoreException">The server cannot be reached, or refuses.</exception>
    public static PostgresLink Open(NpgsqlDataSource source, string settings, WriteFence? fence = null)
    {
        PostgresLink? link = null;
        try
        {
            link = new PostgresLink(source.OpenConnection(), fence);
            if (link._npgsql.PostgreSqlVersion is { Major: < Oldest } version)
                throw new StoreException(StoreError.Failed, $"PostgreSQL {version.ToString(2)} is too old: use {Oldest} or newer");

            // A pooler may give each transaction another session, without the lock, the settings and the statements of this one.
            using (var own = new NpgsqlCommand("SELECT pg_backend_pid()", link._npgsql))
            {
                if (own.ExecuteScalar() is not int process || process != link._npgsql.ProcessID)
                    throw new StoreException(StoreError.Failed, "a connection pooler, such as PgBouncer, is between the server and PostgreSQL; name the host and port of PostgreSQL itself");
            }

            link.Run(settings);
            return link;
        }
        catch (NpgsqlException e)
        {
            link?.Dispose();
            throw PostgresDialect.Instance.Translate(e);
        }
        catch
        {
            link?.Dispose();
            throw;
        }
    }

    public override bool IsBroken => _npgsql.FullState.HasFlag(ConnectionState.Broken) || _npgsql.State == ConnectionState.Closed;

    public override int Insert(string table, string columns, IReadOnlyList<object?[]> rows, string onConflict = "")
    {
        if (rows.Count == 0)
            return 0;

        var sql = StatementOf(new("INSERT", table, columns, onConflict), c => $"INSERT INTO {c.Table} ({c.Columns}) SELECT * FROM {Rows(c.Table, c.Columns)}{c.Detail}");
        return Execute(sql, Lists(rows));
    }

    public override void Update(string table, string key, string columns, IReadOnlyList<object?[]> rows)
    {
        if (rows.Count == 0)
            return;

        var sql = StatementOf(
            new("UPDATE", table, columns, key),
            c => $"UPDATE {c.Table} SET {string.Join(", ", c.Columns.Split(", ").Select(name => $"{name} = changed.{name}"))} "
                + $"FROM {Rows(c.Table, $"{c.Detail}, {c.Columns}")} AS changed({c.Detail}, {c.Columns}) WHERE {c.Table}.{c.Detail} = changed.{c.Detail}");

        // One statement changes a row once: the last change of each.
        var last = rows.Select((row, i) => (Key: row[0]!, Index: i)).GroupBy(row => row.Key).Select(same => rows[same.Last().Index]);
        Execute(sql, Lists([.. last]));
    }

    public override void Delete(string table, string column, IReadOnlyCollection<object> values)
    {
        if (values.Count == 0)
            return;

        var sql = StatementOf(new("DELETE", table, "", column), c => $"DELETE FROM {c.Table} WHERE {c.Detail} = ANY(CAST($1 AS {Types(c.Table)[c.Detail]}[]))");
        Execute(sql, new object?[] { values.Select(Text).ToArray() });
    }

    public override void Interrupt() => _last?.Cancel();

    public override void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();

        _transaction?.Dispose();
        _npgsql.Dispose();
    }

    protected override DbCommand Prepare(string sql, ReadOnlySpan<object?> values)
    {
        if (!_statements.TryGetValue(sql, out var command))
        {
            command = new NpgsqlCommand(sql, _npgsql);
            foreach (var value in values)
                command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = value is string?[] ? NpgsqlDbType.Array | NpgsqlDbType.Text : NpgsqlDbType.Unknown, Value = DBNull.Value });

            command.Prepare();
            _statements.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] is string?[] list ? list : (object?)Text(values[i]) ?? DBNull.Value;

        _last = command;
        return command;
    }

    // Migrations may take their time.
    protected override DbCommand CreateCommand(string sql) => new NpgsqlCommand(sql, _npgsql) { CommandTimeout = 0 };

    // A read sees one moment, however many statements it takes. A write with a lease begins by proving that the lease is still this gateway's.
    protected override void Begin(bool isReadOnly)
    {
        var token = isReadOnly ? null : _fence?.Require();
        _transaction = _npgsql.BeginTransaction(isReadOnly ? IsolationLevel.RepeatableRead : IsolationLevel.ReadCommitted);
        if (token is null)
            return;

        Execute("SET TRANSACTION READ WRITE");
        if (LeaseTable.IsHeld(this, token))
            return;

        _fence!.Lose(token);
        throw _fence.Refusal();
    }

    protected override void Commit()
    {
        _transaction!.Commit();
        _transaction.Dispose();
        _transaction = null;
    }

    // The server answers that it has rolled back, or, when it ends the connection, does not say what became of the transaction.
    protected override bool IsInDoubt(Exception e) => e is not PostgresException || IsBroken;

    protected override void RollBack()
    {
        try
        {
            _transaction?.Rollback();
        }
        catch (Exception e) when (e is DbException or InvalidOperationException or IOException)
        {
            // The connection broke, so the server has rolled back.
        }

        _transaction?.Dispose();
        _transaction = null;
    }

    private static string? Text(object? value) => value switch
    {
        null => null,

        // A text of PostgreSQL has no NUL; what a webhook answers may have one.
        string text => text.Replace('\0', '\uFFFD'),
        bool yes => yes ? "true" : "false",
        DateTime time => Time(time),
        DateTimeOffset time => Time(time.UtcDateTime),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"a value cannot be a {value.GetType().Name}", nameof(value)),
    };

    private static string Time(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    /// <summary>The values of many rows, as one list for each column.</summary>
    private static object?[] Lists(IReadOnlyList<object?[]> rows)
    {
        var lists = new object?[rows[0].Length];
        for (var column = 0; column < lists.Length; column++)
        {
            var list = new string?[rows.Count];
            for (var row = 0; row < list.Length; row++)
                list[row] = Text(rows[row][column]);

            lists[column] = list;
        }

        return lists;
    }

    /// <summary>The lists $1, $2 and so on as the rows of a table in a FROM clause.</summary>
    private string Rows(string table, string columns)
    {
        var types = Types(table);
        return $"unnest({string.Join(", ", columns.Split(", ").Select((name, i) => string.Create(CultureInfo.InvariantCulture, $"CAST(${i + 1} AS {types[name]}[])")))})";
    }

    /// <summary>The types of a table's columns.</summary>
    private Dictionary<string, string> Types(string table)
    {
        if (!_types.TryGetValue(table, out var types))
        {
            const string columns = "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = CAST($1 AS regclass) AND attnum > 0 AND NOT attisdropped";
            types = Query(columns, row => (Name: row[0].Text, Type: row[1].Text), table).ToDictionary(c => c.Name, c => c.Type);
            _types.Add(table, types);
        }

        return types;
    }
}
