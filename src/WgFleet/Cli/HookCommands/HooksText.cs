using WgFleet.Cli.Output;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Http.Api;

namespace WgFleet.Cli.HookCommands;

/// <summary>Prints hooks and deliveries for people.</summary>
internal static class HooksText
{
    public static void Print(IReadOnlyList<HookInfo> hooks, bool why)
    {
        Table.Print(
        [
            ["ORDER", "NAME", "KIND", "STATUS", "LAG", "WAITING", "DEAD", "LAST SUCCESS", "LAST ERROR"],
            .. hooks.Select(h => new[]
            {
                Number(h.Position), h.Name, h.Kind, h.Status, Number(h.Lag), Number(h.Waiting), Number(h.DeadLetters),
                Time(h.LastSuccess), h.LastError ?? (h.Position is null ? h.Reason : null) ?? "-",
            }),
        ]);
        if (!why)
            return;

        foreach (var hook in hooks.Where(h => h.Reason is not null))
            Console.Out.WriteLine($"{hook.Name} is {hook.Status}: {Table.Plain(hook.Reason!)} ({Table.Plain(hook.Source)})");
    }

    /// <summary>Prints the hooks that a server would run, when no server answers.</summary>
    public static void PrintConfigured(IReadOnlyList<HookInfo> hooks) => Table.Print(
    [
        ["ORDER", "NAME", "KIND", "TIMEOUT", "EVENTS"],
        .. hooks.Select(h => new[]
        {
            Number(h.Position), h.Name, h.Kind, Seconds(h.TimeoutSeconds),
            h.Reason is { } reason ? $"inactive: {reason}" : string.Join(", ", h.Events),
        }),
    ]);

    public static void Print(HookDetails details)
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
            ["last success", Time(h.LastSuccess)],
            .. (h.Program?.Lines(at => Time(at)) ?? []).Select(line => new[] { line.Name, line.Text }),
            ["last error", h.LastError is null ? "-" : $"{Time(h.LastErrorAt)} {h.LastError}"],
        ]);
        if (details.Deliveries.Count == 0)
            return;

        Console.Out.WriteLine();
        Print(details.Deliveries);
    }

    public static void Print(IReadOnlyList<DeliveryInfo> deliveries) => Table.Print(
    [
        ["HOOK", "SEQ", "EVENT", "STATE", "ATTEMPTS", "CODE", "MS", "ENDED", "ERROR"],
        .. deliveries.Select(d => new[]
        {
            d.Hook, Number(d.Seq), d.Event ?? "(no longer kept)", d.State, Number(d.Attempts), d.Code ?? "-", Number(d.TookMs), Time(d.EndedAt), d.Error ?? "-",
        }),
    ]);

    private static string Seconds(double? seconds) => seconds is null ? "-" : $"{seconds:0.###}s";

    private static string Number(long? number) => number?.ToString() ?? "-";

    private static string Time(DateTimeOffset? at) => Utc.Text(at);
}
