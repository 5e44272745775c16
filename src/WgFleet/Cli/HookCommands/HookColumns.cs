using WgFleet.Cli.Output;
using WgFleet.Hooks;

namespace WgFleet.Cli.HookCommands;

/// <summary>The columns of lists of hooks and deliveries.</summary>
internal static class HookColumns
{
    /// <summary>Of the hooks of a server.</summary>
    public static readonly Column<HookInfo>[] Running =
    [
        new("ORDER", h => h.Position),
        new("NAME", h => h.Name, MayBeCut: true),
        new("KIND", h => h.Kind),
        new("STATUS", h => h.Status),
        new("LAG", h => h.Lag),
        new("WAITING", h => h.Waiting),
        new("DEAD", h => h.DeadLetters),
        new("SUCCESS", h => h.LastSuccess),
        new("ERROR", h => h.LastError ?? (h.Position is null ? h.Reason : null), MayBeCut: true),
        new("ERROR AT", h => h.LastErrorAt, IsWide: true),
        new("ATTEMPTS", h => h.Attempts, IsWide: true),
        new("FAILURES", h => h.Failures, IsWide: true),
        new("ORIGIN", h => h.Origin, IsWide: true),
        new("SOURCE", h => h.Source, IsWide: true),
    ];

    /// <summary>Of the hooks that a server would run, when no server answers.</summary>
    public static readonly Column<HookInfo>[] Configured =
    [
        new("ORDER", h => h.Position),
        new("NAME", h => h.Name),
        new("KIND", h => h.Kind),
        new("TIMEOUT", h => h.TimeoutSeconds is { } seconds ? $"{seconds:0.###}s" : null),
        new("EVENTS", h => h.Reason is { } reason ? $"inactive: {reason}" : string.Join(", ", h.Events), MayBeCut: true),
    ];

    /// <summary>Of deliveries.</summary>
    public static readonly Column<DeliveryInfo>[] Deliveries =
    [
        new("HOOK", d => d.Hook, MayBeCut: true),
        new("SEQ", d => d.Seq),
        new("EVENT", d => d.Event ?? "(no longer kept)"),
        new("STATE", d => d.State),
        new("ATTEMPTS", d => d.Attempts),
        new("CODE", d => d.Code),
        new("MS", d => (long)Math.Round(d.TookSeconds * 1000), IsWide: true),
        new("ENDED", d => d.EndedAt),
        new("ERROR", d => d.Error, MayBeCut: true),
        new("SUBJECT", d => d.Subject, IsWide: true),
        new("EVENT ID", d => d.EventId, IsWide: true),
    ];
}
