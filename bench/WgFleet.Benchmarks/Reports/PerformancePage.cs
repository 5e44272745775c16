namespace WgFleet.Benchmarks.Reports;

/// <summary>The page docs/performance.md, which has the figures of each scenario between two marks.</summary>
internal static class PerformancePage
{
    private const string End = "<!-- end of figures -->";

    /// <summary>Replaces the old figures by new ones, and writes a new chart into charts/.</summary>
    /// <exception cref="InvalidDataException">The page does not have the marks for this scenario.</exception>
    public static void Write(string path, string name, Chart chart, Table table, string figures)
    {
        var page = File.ReadAllText(path);
        var mark = $"<!-- figures of {name} -->";
        var from = page.IndexOf(mark, StringComparison.Ordinal);
        var to = from < 0 ? -1 : page.IndexOf(End, from, StringComparison.Ordinal);
        if (to < 0)
            throw new InvalidDataException($"{path} has no '{mark}' with '{End}' after it");

        var drawing = $"charts/{name}.svg";
        Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(path)!, "charts"));
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(path)!, drawing), chart.Draw(table));
        File.WriteAllText(path, $"{page[..(from + mark.Length)]}\n{figures}\n![{chart.Title}]({drawing})\n{page[to..]}");
    }
}
