using System.Data.Common;

namespace WgFleet.Store.Engine;

/// <summary>
/// One connection to a database. Statements are prepared at their first use and kept; their parameters are $1, $2 and so on.
/// For one thread at a time. All methods block, and throw <see cref="StoreException"/>.
/// </summary>
internal abstract class Connection(Dialect dialect) : IDisposable
{
    private readonly Dictionary<RowChange, string> _changes = [];

    /// <summary>What the engine writes in another way than the other one.</summary>
    public Dialect Dialect { get; } = dialect;

    /// <summary>Whether the other end is gone, so that only a new connection can work.</summary>
    public abstract bool IsBroken { get; }

    /// <summary>Executes a statement; returns how many rows it changed.</summary>
    /// <param name="sql">The statement: a constant, since it is kept.</param>
    /// <param name="values">Numbers, texts, times and nulls, one for each parameter.</param>
    public int Execute(string sql, params ReadOnlySpan<object?> values)
    {
        try
        {
            return Prepare(sql, values).ExecuteNonQuery();
        }
        catch (DbException e) when (e is not StoreException)
        {
            throw Dialect.Translate(e);
        }
    }

    /// <summary>All rows of an answer.</summary>
    public List<T> Query<T>(string sql, Func<Row, T> read, params ReadOnlySpan<object?> values)
    {
        try
        {
            using var reader = Prepare(sql, values).ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
                rows.Add(read(new Row(reader, Dialect)));

            return rows;
        }
        catch (DbException e) when (e is not StoreException)
        {
            throw Dialect.Translate(e);
        }
    }

    /// <summary>The first row of an answer; null if it has none.</summary>
    public T? First<T>(string sql, Func<Row, T> read, params ReadOnlySpan<object?> values)
        where T : class => Query(sql, read, values) is [var first, ..] ? first : null;

    /// <summary>The one number of an answer; null if there is none.</summary>
    public long? Number(string sql, params ReadOnlySpan<object?> values)
    {
        try
        {
            return Prepare(sql, values).ExecuteScalar() as long?;
        }
        catch (DbException e) when (e is not StoreException)
        {
            throw Dialect.Translate(e);
        }
    }

    public bool HasTable(string name) => Number(Dialect.CountTables, name) > 0;

    /// <summary>Inserts rows.</summary>
    /// <param name="table">The table.</param>
    /// <param name="columns">The columns, with commas between them; a constant.</param>
    /// <param name="rows">The values of each row, in the order of the columns.</param>
    /// <param name="onConflict">What to do with a row that is there already; a constant.</param>
    /// <returns>How many rows were inserted.</returns>
    public abstract int Insert(string table, string columns, IReadOnlyList<object?[]> rows, string onConflict = "");

    /// <summary>Sets columns of rows, each to its own values. A row that is not there is not an error; of two changes of one row the later one holds.</summary>
    /// <param name="table">The table.</param>
    /// <param name="key">The column that names the row.</param>
    /// <param name="columns">The columns to set, with commas between them; a constant.</param>
    /// <param name="rows">For each row its key, then its values in the order of the columns.</param>
    public abstract void Update(string table, string key, string columns, IReadOnlyList<object?[]> rows);

    /// <summary>Deletes the rows that have one of these values in a column. That there is none is not an error.</summary>
    public abstract void Delete(string table, string column, IReadOnlyCollection<object> values);

    /// <summary>Runs statements that are not kept, such as those of a migration.</summary>
    public void Run(string sql)
    {
        try
        {
            using var command = CreateCommand(sql);
            command.ExecuteNonQuery();
        }
        catch (DbException e) when (e is not StoreException)
        {
            throw Dialect.Translate(e);
        }
    }

    /// <summary>Writes in a transaction: everything or nothing.</summary>
    public void Transact(Action<Connection> write) => Transact(isReadOnly: false, connection =>
    {
        write(connection);
        return true;
    });

    /// <summary>Writes in a transaction: everything or nothing.</summary>
    public T Transact<T>(Func<Connection, T> write) => Transact(isReadOnly: false, write);

    /// <summary>Reads as of one moment, however many statements that takes.</summary>
    public T ReadAtOnce<T>(Func<Connection, T> read) => Transact(isReadOnly: true, read);

    /// <summary>Ends the statement that runs on another thread; it throws <see cref="StoreError.TimedOut"/>.</summary>
    public abstract void Interrupt();

    public abstract void Dispose();

    /// <summary>A statement that is kept, with its values.</summary>
    /// <exception cref="DbException">The engine refuses the statement.</exception>
    protected abstract DbCommand Prepare(string sql, ReadOnlySpan<object?> values);

    protected abstract DbCommand CreateCommand(string sql);

    protected abstract void Begin(bool isReadOnly);

    protected abstract void Commit();

    /// <summary>Whether a commit that failed with this error may have been done nevertheless.</summary>
    protected abstract bool IsInDoubt(Exception e);

    /// <summary>Ends a transaction that failed, if one is open. Throws nothing.</summary>
    protected abstract void RollBack();

    /// <summary>The statement of a change of many rows, which is put together once.</summary>
    protected string StatementOf(RowChange change, Func<RowChange, string> write)
    {
        if (!_changes.TryGetValue(change, out var sql))
            _changes.Add(change, sql = write(change));

        return sql;
    }

    private T Transact<T>(bool isReadOnly, Func<Connection, T> action)
    {
        var isCommitting = false;
        try
        {
            Begin(isReadOnly);
            var result = action(this);
            isCommitting = !isReadOnly;
            Commit();
            return result;
        }
        catch (Exception e)
        {
            var isInDoubt = isCommitting && IsInDoubt(e);
            RollBack();
            if (isInDoubt)
                throw new StoreException(StoreError.InDoubt, $"the connection broke during the commit: {e.Message}", e);

            // Npgsql tells of a statement that was ended by Interrupt in this way.
            if (e is OperationCanceledException { InnerException: DbException ended })
                throw Dialect.Translate(ended);

            if (e is DbException and not StoreException)
                throw Dialect.Translate((DbException)e);

            throw;
        }
    }

    /// <summary>A kind of change of many rows.</summary>
    /// <param name="Verb">INSERT, UPDATE or DELETE.</param>
    /// <param name="Table">The table.</param>
    /// <param name="Columns">The columns that are written.</param>
    /// <param name="Detail">The column that names the rows; of an insert what to do with a row that is there.</param>
    protected sealed record RowChange(string Verb, string Table, string Columns, string Detail);
}
