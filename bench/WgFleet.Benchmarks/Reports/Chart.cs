using System.Globalization;
using System.Text;

namespace WgFleet.Benchmarks.Reports;

/// <summary>Says which columns of a table its chart shows: bars, one group for each row.</summary>
/// <param name="Title">The chart's title, which says what the bars mean.</param>
/// <param name="Labels">The columns that label the rows.</param>
/// <param name="Values">The columns of figures; a cell with text gets no bar.</param>
/// <param name="Each">Whether each row has its own scale.</param>
internal sealed record Chart(string Title, IReadOnlyList<int> Labels, IReadOnlyList<int> Values, bool Each = false)
{
    private const int Width = 860;
    private const int Left = 330;
    private const int Full = 420;
    private const int Bar = 15;

    private static readonly string[] Colours = ["#3b82c4", "#e08a2e", "#2f9e73", "#b3589a", "#8a7a5c"];

    /// <summary>An SVG that is readable on a light and on a dark background.</summary>
    public string Draw(Table table)
    {
        var svg = new StringBuilder();
        var y = 44;
        if (Values.Count > 1)
        {
            for (var v = 0; v < Values.Count; v++)
            {
                Rectangle(svg, 12 + 165 * v, y - 10, 10, v);
                Write(svg, 27 + 165 * v, y, table.Columns[Values[v]]);
            }

            y += 22;
        }

        var greatest = table.Rows.SelectMany(Numbers).DefaultIfEmpty(1).Max();
        foreach (var row in table.Rows)
        {
            var scale = Each ? Numbers(row).DefaultIfEmpty(1).Max() : greatest;
            Write(svg, Left - 10, y + (Bar * Values.Count + 8) / 2, string.Join(" · ", Labels.Select(l => row[l])), "end");
            for (var v = 0; v < Values.Count; v++, y += Bar)
            {
                var width = TryNumber(row[Values[v]], out var number) && scale > 0 ? Full * number / scale : 0;
                Rectangle(svg, Left, y, Math.Max(1, width), v);
                Write(svg, Left + width + 6, y + 10, row[Values[v]]);
            }

            y += 9;
        }

        return $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{y + 6}}" font-family="sans-serif" font-size="12">
            <style>text { fill: #24292f } @media (prefers-color-scheme: dark) { text { fill: #d8dee4 } }</style>
            <text x="12" y="20" font-size="14" font-weight="bold">{{Escape(Title)}}</text>
            {{svg}}</svg>

            """;
    }

    private IEnumerable<double> Numbers(IReadOnlyList<string> row) =>
        Values.Select(v => TryNumber(row[v], out var number) ? number : 0);

    private static bool TryNumber(string cell, out double number) =>
        double.TryParse(cell, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out number);

    private static void Rectangle(StringBuilder svg, double x, double y, double width, int colour) => svg.Append(
        CultureInfo.InvariantCulture,
        $"<rect x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{width:0.#}\" height=\"{Bar - 3}\" rx=\"2\" fill=\"{Colours[colour % Colours.Length]}\"/>\n");

    private static void Write(StringBuilder svg, double x, double y, string text, string anchor = "start") => svg.Append(
        CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{Escape(text)}</text>\n");

    private static string Escape(string text) => System.Security.SecurityElement.Escape(text);
}
