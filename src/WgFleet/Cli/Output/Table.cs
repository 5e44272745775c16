using WgFleet.Hosting;

namespace WgFleet.Cli.Output;

/// <summary>Prints aligned columns.</summary>
internal static class Table
{
    /// <param name="rows">The headings, then the rows.</param>
    public static void Print(IReadOnlyList<IReadOnlyList<string>> rows) => Console.Out.Write(Text(rows));

    /// <summary>What <see cref="Print"/> prints.</summary>
    public static string Text(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var shown = rows.Select(r => r.Select(Plain).ToList()).ToList();
        var widths = Enumerable.Range(0, shown[0].Count).Select(column => shown.Max(r => r[column].Length)).ToList();
        return string.Concat(shown.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd() + "\n"));
    }

    /// <summary>Replaces hidden characters, which a terminal could take for commands; texts from outside may contain anything.</summary>
    public static string Plain(string text) => (PlainText.HasHidden(text) ? string.Concat(text.Select(c => PlainText.IsHidden(c) ? ' ' : c)) : text).TrimEnd();

    /// <summary>Like <see cref="Plain"/>, but keeps line breaks.</summary>
    public static string PlainLines(string text) => string.Join('\n', text.Split('\n').Select(Plain));
}
