namespace WgFleet.Benchmarks.Reports;

/// <summary>docs/performance.md, where each scenario's figures stand between two marks of its own.</summary>
internal static class PerformancePage
{
    private const string End = "<!-- end of figures -->";

    /// <summary>Puts new figures in the place of the old, and a new chart in charts/.</summary>
    /// <exception cref="InvalidDataException">The page has no such place.</exception>
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
