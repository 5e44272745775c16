using System.Globalization;
using WgFleet.Store.Engine;

namespace WgFleet.Store.Copying;

/// <summary>
/// The rows of a table, some at a time in the order of the key: no statement takes long, whatever the size of the table, and no more rows than these are in memory.
/// </summary>
internal sealed class TableRows(Connection connection, CopiedTable table)
{
    private const int Page = 1000;
    private const int CountedPage = 100_000;

    /// <summary>How many there are.</summary>
    public long Count(CancellationToken cancellationToken)
    {
        var count = 0L;
        for (object? last = null; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (counted, next) = connection.Query(
                $"SELECT count(*), max(at) FROM (SELECT {table.Key} AS at FROM {table.Name}{Behind(last, CountedPage)}) AS page", row => (row[0].Number, row[1].Value), After(last))[0];
            count += counted;
            if (counted < CountedPage)
                return count;

            last = next;
        }
    }

    /// <summary>The values of columns: pages of rows, each row with its key before them.</summary>
    public IEnumerable<List<object?[]>> Pages(IReadOnlyList<string> columns)
    {
        for (object? last = null; ;)
        {
            var rows = connection.Query(
                $"SELECT {table.Key}, {string.Join(", ", columns)} FROM {table.Name}{Behind(last, Page)}", row => Values(row, columns.Count + 1), After(last));
            if (rows.Count > 0)
                yield return rows;

            if (rows.Count < Page)
                yield break;

            last = rows[^1][0];
        }
    }

    private string Behind(object? last, int limit) =>
        string.Create(CultureInfo.InvariantCulture, $"{(last is null ? "" : $" WHERE {table.Key} > $1")} ORDER BY {table.Key} LIMIT {limit}");

    private static object?[] After(object? last) => last is null ? [] : [last];

    private static object?[] Values(Row row, int count)
    {
        var values = new object?[count];
        for (var i = 0; i < count; i++)
            values[i] = row[i].Value;

        return values;
    }
}
