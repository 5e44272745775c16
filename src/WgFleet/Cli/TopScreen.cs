using WgFleet.Cli.Output;
using WgFleet.Hooks.Admin;
using WgFleet.Http.Api;

namespace WgFleet.Cli;

/// <summary>What <c>wg-fleet top</c> shows of one round: what is wrong, the fleets, and the latest events.</summary>
/// <param name="Fleets">All fleets.</param>
/// <param name="Troubles">What is wrong now, the worst first.</param>
/// <param name="Events">The latest events, the oldest first.</param>
internal sealed record TopScreen(IReadOnlyList<FleetInfo> Fleets, IReadOnlyList<TroubleInfo> Troubles, IReadOnlyList<EventInfo> Events)
{
    private static readonly Column<TroubleInfo>[] TroubleColumns =
    [
        new("WRONG", t => t.Severity), new("SINCE", t => t.Since), new("WHAT", t => t.Text, MayBeCut: true),
    ];

    /// <summary>The lines: no more than fit, and none wider.</summary>
    /// <param name="now">The time from which ages count.</param>
    /// <param name="width">The columns of the terminal.</param>
    /// <param name="height">Its lines.</param>
    /// <param name="note">What is wrong with the round itself; null for nothing.</param>
    public IReadOnlyList<string> Lines(DateTimeOffset now, int width, int height, string? note)
    {
        var printer = new ListPrinter(ListFormat.Table, utc: true, now, width);
        var (clients, online) = (Fleets.Sum(f => f.Clients), Fleets.Sum(f => f.Online));
        List<string> lines = [note ?? $"{Times.Full(now, utc: false)}  {Count(Fleets.Count, "fleet")}, {Count(clients, "client")}, {online} online; q quits", ""];

        // Troubles and fleets get a third of the height each, and events what is left.
        var third = Math.Max(2, (height - 5) / 3);
        if (Troubles.Count == 0)
            lines.Add("nothing is wrong");
        else
            Add(lines, printer.Text(Troubles, TroubleColumns), third);

        lines.Add("");
        Add(lines, printer.Text(Fleets, FleetsCommand.Columns), third);
        lines.Add("");
        Add(lines, printer.Text([.. Events.Reverse()], EventsCommand.Columns), Math.Max(0, height - lines.Count), isLog: true);
        return [.. lines.Take(height).Select(l => Table.Plain(l)).Select(l => l.Length > width ? l[..width] : l)];
    }

    private static void Add(List<string> lines, string table, int most, bool isLog = false)
    {
        var rows = table.TrimEnd('\n').Split('\n');
        if (rows.Length <= most || isLog)
            lines.AddRange(rows.Take(most));
        else
            lines.AddRange([.. rows.Take(most - 1), $"and {rows.Length - most + 1} more"]);
    }

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
