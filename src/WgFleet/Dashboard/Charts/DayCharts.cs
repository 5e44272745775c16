using WgFleet.Dashboard.Formatting;
using WgFleet.History;

namespace WgFleet.Dashboard.Charts;

/// <summary>Turns the last day of a fleet or client into charts.</summary>
internal static class DayCharts
{
    private const int HoursOfDay = 24;

    /// <summary>The hours that a chart may span. The shortest that holds all points is taken, so that a fresh server has no empty chart.</summary>
    private static readonly int[] Lengths = [2, 4, 8, 12, HoursOfDay];

    /// <summary>The clients of a fleet, and how many of them were online.</summary>
    public static ChartView Clients(FleetDay day)
    {
        var online = Figures(day, p => p.Online);
        var clients = Figures(day, p => p.Clients);
        var top = Drawing.Round(Math.Max(2, clients.Max() ?? 0));
        return Of(
            "clients", "Clients", day.Span, top, Number,
            [("Online", online, true), ("Clients", clients, false)],
            (figures, from, to) => figures[from..to].LastOrDefault(f => f is not null) is { } last ? Number(last) : null);
    }

    /// <summary>The traffic of a fleet.</summary>
    public static ChartView Traffic(FleetDay day) => Traffic(day.Span, slot => day.Points[slot] is { IsKnown: true } p ? (p.Received, p.Sent) : null);

    /// <summary>The traffic of a client.</summary>
    public static ChartView Traffic(ClientDay day) => Traffic(day.Span, slot => day.Points[slot]);

    /// <summary>A sparkline of the clients online, without words.</summary>
    /// <returns>The path of its SVG, empty if there are no two points; and its width.</returns>
    public static (string Path, int Width) Spark(FleetDay day)
    {
        var online = Figures(day, p => p.Online)[FirstSlot(day.Span)..];
        return (IsKnown(online) ? Drawing.Path(online, Math.Max(1, online.Max() ?? 0) * 1.05, filled: false) : "", online.Length - 1);
    }

    private static ChartView Traffic(DaySpan span, Func<int, (double Received, double Sent)?> bytes)
    {
        var received = new double?[span.Slots];
        var sent = new double?[span.Slots];
        for (var i = 0; i < span.Slots; i++)
        {
            if (span.Seconds(i) is { } seconds && bytes(i) is { } slot)
                (received[i], sent[i]) = (slot.Received / seconds, slot.Sent / seconds);
        }

        return Of(
            "traffic", "Traffic", span, Drawing.RoundBytes(Math.Max(received.Max() ?? 0, sent.Max() ?? 0)), ByteSize.PerSecond,
            [("Received", received, true), ("Sent", sent, false)],
            (figures, from, to) => figures[from..to].Any(f => f is not null)
                ? ByteSize.Of((long)Enumerable.Range(from, to - from).Sum(i => figures[i] * span.Seconds(i) ?? 0))
                : null);
    }

    private static ChartView Of(
        string id, string title, DaySpan span, double top, Func<double, string> format,
        (string Name, double?[] Figures, bool IsFilled)[] lines, Func<double?[], int, int, string?> hour)
    {
        var first = FirstSlot(span);
        var isKnown = lines.Any(l => IsKnown(l.Figures));
        return new(
            id, title,
            isKnown ? string.Join(" ", lines.Select(l => $"{l.Name}: lowest {format(l.Figures.Min() ?? 0)}, highest {format(l.Figures.Max() ?? 0)}, latest {format(l.Figures.Last(f => f is not null) ?? 0)}.")) : "",
            span.Since <= span.StartOf(0) ? "over the last day" : $"since {Clock(span.Since)}, when the server started",
            HoursOfDay * 60 / span.Slots,
            span.Slots - first - 1, format(top), format(top / 2), Labels(HoursOfDay * (span.Slots - first) / span.Slots),
            isKnown ? [.. lines.Select((l, i) => Line(l.Name, i == 0 ? "first" : "second", l.Figures[first..], top, l.IsFilled))] : [],
            [.. Rows(span, [.. lines.Select(l => l.Figures)], hour)]);
    }

    private static ChartLine Line(string name, string kind, double?[] figures, double top, bool isFilled) =>
        new(name, kind, Drawing.Path(figures, top, filled: false), isFilled ? Drawing.Path(figures, top, filled: true) : "");

    private static int FirstSlot(DaySpan span) =>
        span.Slots - (Lengths.First(l => l == HoursOfDay || span.StartOf(span.Slots - (span.Slots / HoursOfDay * l)) <= span.Since) * span.Slots / HoursOfDay);

    // A line needs two points.
    private static bool IsKnown(double?[] figures) => figures.Count(f => f is not null) > 1;

    private static string[] Labels(int hours) => hours == 2 ? ["2 h ago", "90 min", "1 h", "30 min", "now"] : [$"{hours} h ago", $"{hours * 3 / 4} h", $"{hours / 2} h", $"{hours / 4} h", "now"];

    private static IEnumerable<IReadOnlyList<string>> Rows(DaySpan span, double?[][] lines, Func<double?[], int, int, string?> hour)
    {
        var slots = span.Slots / HoursOfDay;
        for (var from = span.Slots - slots; from >= 0; from -= slots)
        {
            if (hour(lines[0], from, from + slots) is { } first && hour(lines[1], from, from + slots) is { } second)
                yield return [Clock(span.StartOf(from)), first, second];
        }
    }

    private static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm");

    private static double?[] Figures(FleetDay day, Func<FleetPoint, double> of) => [.. day.Points.Select(p => p.IsKnown ? of(p) : (double?)null)];

    private static string Number(double n) => n.ToString("N0");
}
