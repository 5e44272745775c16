using System.Globalization;
using WgFleet.Cli.Output;
using WgFleet.Config;
using WgFleet.Hosting;

namespace WgFleet.Cli.Rehearsals;

/// <summary>A rehearsal's report for people.</summary>
internal static class ReportText
{
    public static string Of(RehearsalReport report)
    {
        List<string> lines = [.. Sentences(report), ""];
        lines.Add(Table.Text(
        [
            ["REQUEST", "COUNT", "FAILED", "REFUSED", "UNANSWERED", "P50", "P99", "LONGEST"],
            .. report.Requests.Select(r => new[] { r.Kind, Number(r.Count), Number(r.Failed), Number(r.Refused), Number(r.Unanswered), Time(r.P50), Time(r.P99), Time(r.Longest) }),
        ]));
        if (report.Hooks.Count > 0)
        {
            lines.Add(Table.Text(
            [
                ["HOOK", "KIND", "MOST WAITING", "LONGEST BEHIND", "FAILURES", "DEAD LETTERS"],
                .. report.Hooks.Select(h => new[] { h.Name, h.Kind, Number(h.MostWaiting), Time(h.LongestBehind), Number(h.Failures), Number(h.DeadLetters) }),
            ]));
        }

        lines.AddRange(report.Hooks.Where(h => h.Reason is not null).SelectMany(h => Wrap.Lines($"Hook {h.Name}: {Table.Plain(h.Reason!)}", Wrap.Width)));
        lines.Add("Not as on the real gateway:");
        lines.AddRange(report.Differences.SelectMany(d => Wrap.Lines($"- {d}", Wrap.Width).Select((line, i) => i == 0 ? line : $"  {line}")));
        return string.Join('\n', lines) + "\n";
    }

    private static IEnumerable<string> Sentences(RehearsalReport report)
    {
        yield return $"{report.Joined} of {Quantity.Of(report.Machines, "machine")} joined {report.Fleet}; {report.Back} were in at the end, after {Time(report.Seconds)}";
        if (report.Clones > 0)
            yield return $"{Quantity.Of(report.Clones, "machine")} had the key of another one; {report.Split} made a new key";
        if (report.Restart is { } restart)
            yield return $"the gateway was killed, and was ready again after {Time(report.Killed!.Value)}; its start took {Time(restart)}";
        if (report.Outage is { } outage)
            yield return $"no machine reached the gateway for {Time(outage)}";
        yield return $"{Quantity.Of(report.Pruned, "client")} pruned, {Quantity.Of(report.HeldPrunes, "prune")} held";
        yield return "";
        yield return Table.Text(
        [
            ["MACHINE", "P50", "P99", "LONGEST"],
            ["from power on to its first answered ping", .. Cells(report.JoinedIn)],
            ["its longest time without an answered ping", .. Cells(report.Away)],
        ]).TrimEnd('\n');
        yield return $"Each pings every {Time(report.PingEvery)}; {report.LongestAway} was away for longest.";
    }

    private static string[] Cells(Spread times) => [Time(times.P50), Time(times.P99), Time(times.Longest)];

    /// <summary>Seconds in the unit that fits: 0.4 ms, 12 ms, 3.2 s, 5m2s.</summary>
    private static string Time(double seconds) => seconds switch
    {
        < 0.01 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0.#} ms"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0} ms"),
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s"),
        _ => Duration.ToText(TimeSpan.FromSeconds(Math.Round(seconds))),
    };

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
