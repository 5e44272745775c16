using WgFleet.Store.Engine;

namespace WgFleet.Store.Copying;

/// <summary>Copies all that a database has into an empty one, of either engine. Blocks.</summary>
/// <param name="source">The database to read, which no server uses.</param>
internal sealed class StoreCopy(Connection source)
{
    /// <summary>How many rows of a table were copied, and how many there are.</summary>
    public delegate void Progress(CopiedTable table, long copied, long all);

    /// <summary>The tables of a database that have rows. The database may be of any version, or have no tables.</summary>
    public static IReadOnlyList<string> TablesInUse(Connection connection) =>
    [
        .. CopiedTable.All.Select(t => t.Name)
            .Where(name => connection.HasTable(name) && connection.Number($"SELECT count(*) FROM (SELECT 1 FROM {name} LIMIT 1) AS any_row") > 0),
    ];

    /// <summary>How many rows each table of the source has.</summary>
    /// <exception cref="StoreException">The source cannot be read.</exception>
    public IReadOnlyDictionary<CopiedTable, long> Count() =>
        CopiedTable.All.ToDictionary(table => table, table => new TableRows(source, table).Count(CancellationToken.None));

    /// <summary>Copies in one transaction, and counts the rows of the target before it is committed.</summary>
    /// <param name="target">The database to write, with the tables of this program's version.</param>
    /// <param name="counts">How many rows the source has.</param>
    /// <param name="progress">Is told how far the copy is, table by table.</param>
    /// <param name="cancellationToken">Ends the copy; the target is as before.</param>
    /// <returns>The highest event number that was given.</returns>
    /// <exception cref="StoreException">A database cannot be read or written, or the target is not empty; the target is as before.</exception>
    /// <exception cref="Hosting.FatalException">The connection broke during the commit, and whether it was done cannot be learned.</exception>
    public long Run(Database target, IReadOnlyDictionary<CopiedTable, long> counts, Progress progress, CancellationToken cancellationToken) => target.Write(to =>
    {
        if (TablesInUse(to) is { Count: > 0 } used)
            throw new StoreException(StoreError.Failed, $"it is not empty: there are rows in {string.Join(", ", used)}");

        foreach (var (table, count) in counts)
            Copy(table, to, copied => progress(table, copied, count), cancellationToken);

        var last = EventTable.LastSequence(source);
        to.Dialect.EndCopy(to, CopiedTable.All.Select(t => t.Name), last);
        foreach (var (table, count) in counts)
        {
            if (new TableRows(to, table).Count(cancellationToken) is var found && found != count)
                throw new StoreException(StoreError.Failed, $"table {table.Name} has {found} rows in the copy and {count} in the original, which another program may have changed meanwhile");
        }

        return last;
    });

    private void Copy(CopiedTable table, Connection to, Action<long> progress, CancellationToken cancellationToken)
    {
        // The columns of the target: a column that this program has not made is not copied.
        var columns = to.Query(to.Dialect.ColumnsOf, row => row[0].Text, table.Name);
        var (names, copied) = (string.Join(", ", columns), 0L);
        progress(0);
        foreach (var page in new TableRows(source, table).Pages(columns))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Insert(table, names, page, to);
            progress(copied += page.Count);
        }
    }

    /// <exception cref="StoreException">The engine refuses a row, which the message names, or the database cannot be written.</exception>
    private static void Insert(CopiedTable table, string columns, List<object?[]> page, Connection to)
    {
        to.Run("SAVEPOINT page");
        try
        {
            to.Insert(table.Name, columns, [.. page.Select(row => row[1..])]);
        }
        catch (StoreException e) when (e.Error is StoreError.Failed or StoreError.Unique)
        {
            // Which row it was.
            to.Run("ROLLBACK TO SAVEPOINT page");
            foreach (var row in page)
            {
                try
                {
                    to.Insert(table.Name, columns, [row[1..]]);
                }
                catch (StoreException refused)
                {
                    throw new StoreException(refused.Error, $"the row of table {table.Name} with {table.Key} {row[0]} is refused: {refused.Message}", refused);
                }
            }

            throw;
        }

        to.Run("RELEASE SAVEPOINT page");
    }
}
