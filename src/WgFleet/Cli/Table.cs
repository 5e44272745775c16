namespace WgFleet.Cli;

/// <summary>Prints rows with their columns in line.</summary>
internal static class Table
{
    /// <param name="rows">The headings, then the rows; the last column may be as long as it likes.</param>
    public static void Print(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var shown = rows.Select(r => r.Select(Plain).ToList()).ToList();
        var widths = Enumerable.Range(0, shown[0].Count).Select(column => shown.Max(r => r[column].Length)).ToList();
        foreach (var row in shown)
            Console.Out.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    /// <summary>On one line and without what a terminal would take for a command: receivers' answers may hold anything.</summary>
    public static string Plain(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).TrimEnd();

    /// <summary>The same of several lines.</summary>
    public static string PlainLines(string text) => string.Join('\n', text.Split('\n').Select(Plain));
}
