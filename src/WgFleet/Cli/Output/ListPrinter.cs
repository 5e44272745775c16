namespace WgFleet.Cli.Output;

/// <summary>Prints a list of any kind from its columns, as a table or as CSV.</summary>
/// <param name="format">Not JSON, which has no columns.</param>
/// <param name="utc">Whether full times are in UTC, and not in this machine's time zone.</param>
/// <param name="now">The time from which ages count.</param>
/// <param name="width">The width of the terminal; null if there is none, and nothing is cut.</param>
internal sealed class ListPrinter(ListFormat format, bool utc, DateTimeOffset now, int? width)
{
    /// <summary>Prints the headings, then the rows.</summary>
    public void Print<T>(IReadOnlyList<T> rows, IReadOnlyList<Column<T>> columns) => Print(rows, withHeadings: true, columns);

    /// <summary>Prints the rows, after the headings if they are not there yet.</summary>
    public void Print<T>(IReadOnlyList<T> rows, bool withHeadings, IReadOnlyList<Column<T>> columns)
    {
        var text = Text(rows, columns);
        Console.Out.Write(withHeadings ? text : text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
    }

    /// <summary>The headings, then the rows.</summary>
    public string Text<T>(IReadOnlyList<T> rows, IReadOnlyList<Column<T>> columns)
    {
        if (format == ListFormat.Csv)
            return string.Concat(rows.Select(r => Csv.Line(columns.Select(c => Exact(c.Value(r))))).Prepend(Csv.Line(columns.Select(Name))));

        IReadOnlyList<Column<T>> shown = format == ListFormat.Table ? [.. columns.Where(c => !c.IsWide)] : columns;
        List<string[]> cells = [[.. shown.Select(c => c.Header)], .. rows.Select(r => shown.Select(c => Shown(c.Value(r))).ToArray())];
        if (format == ListFormat.Table && width is { } most)
            Cut(cells, [.. shown.Select(c => c.MayBeCut)], most);

        return Table.Text(cells);
    }

    private static string Name<T>(Column<T> column) => column.Header.ToLowerInvariant().Replace(' ', '_');

    private string Shown(object? value) => value switch
    {
        null => "-",
        DateTimeOffset at => format == ListFormat.Table ? Times.Age(at, now) : Times.Full(at, utc),
        _ => value.ToString()!,
    };

    private static string Exact(object? value) => value switch
    {
        null => "",
        DateTimeOffset at => Times.Exact(at),
        _ => value.ToString()!,
    };

    /// <summary>Shortens the widest columns that may be cut until a row fits, or no column can be cut further.</summary>
    private static void Cut(List<string[]> cells, bool[] mayBeCut, int most)
    {
        var widths = mayBeCut.Select((_, column) => cells.Max(r => r[column].Length)).ToArray();
        while (widths.Sum() + (2 * (widths.Length - 1)) > most)
        {
            var widest = Enumerable.Range(0, widths.Length).Where(i => mayBeCut[i] && widths[i] > Math.Max(8, cells[0][i].Length)).OrderByDescending(i => widths[i]).FirstOrDefault(-1);
            if (widest < 0)
                break;

            widths[widest]--;
        }

        foreach (var row in cells)
        {
            for (var i = 0; i < row.Length; i++)
                row[i] = row[i].Length > widths[i] ? row[i][..(widths[i] - 1)] + "…" : row[i];
        }
    }
}
