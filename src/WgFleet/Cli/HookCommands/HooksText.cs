using WgFleet.Cli.Output;
using WgFleet.Hooks;
using WgFleet.Http.Api;

namespace WgFleet.Cli.HookCommands;

/// <summary>Prints hooks and deliveries for people.</summary>
internal static class HooksText
{
    /// <summary>Prints why hooks are not ok.</summary>
    public static void PrintReasons(IReadOnlyList<HookInfo> hooks)
    {
        foreach (var hook in hooks.Where(h => h.Reason is not null))
            Console.Out.WriteLine($"{hook.Name} is {hook.Status}: {Table.Plain(hook.Reason!)} ({Table.Plain(hook.Source)})");
    }

    public static void Print(HookDetails details, ListPrinter printer, Func<DateTimeOffset?, string> time)
    {
        var h = details.Hook;
        Table.Print(
        [
            ["name", h.Name],
            ["kind", h.Kind],
            ["origin", h.Origin],
            ["source", h.Source],
            ["order", Number(h.Position)],
            ["status", h.Reason is null ? h.Status : $"{h.Status}: {h.Reason}"],
            ["events", string.Join(", ", h.Events)],
            .. details.Values.Select(v => new[] { v.Name, $"{v.Value} ({(v.Line is null ? v.From : $"{v.From}, line {v.Line}")})" }),
            ["lag", Number(h.Lag)],
            ["waiting", Number(h.Waiting)],
            ["dead letters", Number(h.DeadLetters)],
            ["attempts", $"{h.Attempts}, {h.Failures} failed"],
            ["last success", time(h.LastSuccess)],
            .. (h.Program?.Lines(at => time(at)) ?? []).Select(line => new[] { line.Name, line.Text }),
            ["last error", h.LastError is null ? "-" : $"{time(h.LastErrorAt)} {h.LastError}"],
        ]);
        if (details.Deliveries.Count == 0)
            return;

        Console.Out.WriteLine();
        printer.Print(details.Deliveries, HookColumns.Deliveries);
    }

    private static string Number(long? number) => number?.ToString() ?? "-";
}
