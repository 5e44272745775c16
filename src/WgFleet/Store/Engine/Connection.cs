using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace WgFleet.Store.Engine;

/// <summary>
/// One connection to the database file. Statements are prepared at their first use and kept; their parameters are $1, $2 and so on.
/// For one thread at a time. All methods block, and throw <see cref="StoreException"/>.
/// </summary>
internal sealed class Connection : IDisposable
{
    private readonly SqliteConnection _sqlite;
    private readonly Dictionary<string, SqliteCommand> _statements = new(StringComparer.Ordinal);

    private Connection(SqliteConnection sqlite) => _sqlite = sqlite;

    /// <param name="path">The file; made if it is not there and may be written.</param>
    /// <param name="isReadOnly">Whether the connection only reads.</param>
    /// <param name="busySeconds">How long a statement waits for another program that has locked the file.</param>
    public static Connection Open(string path, bool isReadOnly, int busySeconds)
    {
        var sqlite = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = isReadOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = busySeconds,
        }.ToString());
        var connection = new Connection(sqlite);
        try
        {
            sqlite.Open();
            connection.Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout={1000 * busySeconds}"));
            return connection;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw StoreException.From(e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Executes a statement; returns how many rows it changed.</summary>
    /// <param name="sql">The statement: a constant, since it is kept.</param>
    /// <param name="values">Numbers, texts, times and nulls, one for each parameter.</param>
    public int Execute(string sql, params ReadOnlySpan<object?> values)
    {
        var command = Prepare(sql, values);
        try
        {
            return command.ExecuteNonQuery();
        }
        catch (SqliteException e)
        {
            throw StoreException.From(e);
        }
    }

    /// <summary>All rows of an answer.</summary>
    public List<T> Query<T>(string sql, Func<Row, T> read, params ReadOnlySpan<object?> values)
    {
        var command = Prepare(sql, values);
        try
        {
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
                rows.Add(read(new Row(reader)));

            return rows;
        }
        catch (SqliteException e)
        {
            throw StoreException.From(e);
        }
    }

    /// <summary>The first row of an answer; null if it has none.</summary>
    public T? First<T>(string sql, Func<Row, T> read, params ReadOnlySpan<object?> values)
        where T : class => Query(sql, read, values) is [var first, ..] ? first : null;

    /// <summary>The one number of an answer; null if there is none.</summary>
    public long? Number(string sql, params ReadOnlySpan<object?> values)
    {
        var command = Prepare(sql, values);
        try
        {
            return command.ExecuteScalar() as long?;
        }
        catch (SqliteException e)
        {
            throw StoreException.From(e);
        }
    }

    public bool HasTable(string name) => Number("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1", name) > 0;

    /// <summary>Runs statements that are not kept, such as those of a migration.</summary>
    public void Run(string sql)
    {
        try
        {
            using var command = _sqlite.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
        catch (SqliteException e)
        {
            throw StoreException.From(e);
        }
    }

    /// <summary>Writes in a transaction: everything or nothing.</summary>
    public void Transact(Action<Connection> write) => Transact("BEGIN IMMEDIATE", connection =>
    {
        write(connection);
        return true;
    });

    /// <summary>Writes in a transaction: everything or nothing.</summary>
    public T Transact<T>(Func<Connection, T> write) => Transact("BEGIN IMMEDIATE", write);

    /// <summary>Reads as of one moment, however many statements that takes.</summary>
    public T ReadAtOnce<T>(Func<Connection, T> read) => Transact("BEGIN", read);

    private T Transact<T>(string begin, Func<Connection, T> action)
    {
        try
        {
            Execute(begin);
            var result = action(this);
            Execute("COMMIT");
            return result;
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    /// <summary>Ends the statement that runs on another thread; it throws <see cref="StoreError.TimedOut"/>.</summary>
    public void Interrupt() => raw.sqlite3_interrupt(_sqlite.Handle);

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();

        _sqlite.Dispose();
    }

    private void RollBack()
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

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> values)
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
}
