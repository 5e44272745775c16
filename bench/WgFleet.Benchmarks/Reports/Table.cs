using System.Text;

namespace WgFleet.Benchmarks.Reports;

/// <summary>A scenario's figures as a markdown table that is also readable as plain text.</summary>
internal sealed class Table(IReadOnlyList<string> columns)
{
    private readonly List<IReadOnlyList<string>> _rows = [];

    public IReadOnlyList<string> Columns => columns;

    public IReadOnlyList<IReadOnlyList<string>> Rows => _rows;

    /// <exception cref="ArgumentException">The row does not have one cell for each column.</exception>
    public void Add(IEnumerable<string> cells)
    {
        IReadOnlyList<string> row = [.. cells];
        if (row.Count != columns.Count)
            throw new ArgumentException($"a row of {row.Count} cells in a table of {columns.Count} columns", nameof(cells));

        _rows.Add(row);
    }

    public string ToMarkdown()
    {
        var widths = columns.Select((name, i) => _rows.Select(r => r[i].Length).Append(name.Length).Max()).ToList();
        var text = new StringBuilder();
        Line(columns);
        text.Append('|').AppendJoin('|', widths.Select(w => new string('-', w + 1) + ':')).Append("|\n");
        _rows.ForEach(Line);
        return text.ToString();

        void Line(IReadOnlyList<string> cells) =>
            text.Append("| ").AppendJoin(" | ", cells.Select((cell, i) => cell.PadLeft(widths[i]))).Append(" |\n");
    }
}
