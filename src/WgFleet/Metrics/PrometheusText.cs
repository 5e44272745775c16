using System.Text;

namespace WgFleet.Metrics;

/// <summary>The text format of Prometheus, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<Family> families)
    {
        var text = new StringBuilder();
        foreach (var family in families)
        {
            text.Append("# HELP ").Append(family.Name).Append(' ').Append(Escape(family.Help, quotes: false)).Append('\n')
                .Append("# TYPE ").Append(family.Name).Append(' ').Append(family.Type).Append('\n');
            foreach (var (labels, series) in family.Series)
                Write(text, family, Pairs(family, labels), series);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, Family family, string labels, Series series)
    {
        var (value, count, upTo) = series.Read();
        if (family.Type != Family.Histogram)
        {
            Line(text, family.Name, labels, Number(value));
            return;
        }

        var before = labels.Length == 0 ? "" : labels + ",";
        for (var i = 0; i < upTo.Length; i++)
            Line(text, family.Name + "_bucket", $"{before}le=\"{Number(family.Bounds[i])}\"", Number(upTo[i]));

        Line(text, family.Name + "_bucket", $"{before}le=\"+Inf\"", Number(count));
        Line(text, family.Name + "_sum", labels, Number(value));
        Line(text, family.Name + "_count", labels, Number(count));
    }

    private static void Line(StringBuilder text, string name, string labels, string value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');

        text.Append(' ').Append(value).Append('\n');
    }

    private static string Pairs(Family family, Labels labels) =>
        string.Join(',', family.LabelNames.Select((name, i) => $"{name}=\"{Escape(labels[i], quotes: true)}\""));

    private static string Escape(string text, bool quotes)
    {
        var escaped = text.Replace("\\", "\\\\").Replace("\n", "\\n");
        return quotes ? escaped.Replace("\"", "\\\"") : escaped;
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString(),
    };
}
