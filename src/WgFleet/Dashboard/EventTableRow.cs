using WgFleet.Hooks;
using WgFleet.Queries;

namespace WgFleet.Dashboard;

/// <summary>One event as a row of text; public, as Razor's pages are, which take it as a parameter.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Type">What it is.</param>
/// <param name="Fleet">The fleet it is about; null for none.</param>
/// <param name="Name">The client's name or, without one, its address; null for no client.</param>
/// <param name="Address">The client's address.</param>
/// <param name="Text">What happened, in words.</param>
public sealed record EventTableRow(long Seq, DisplayTime Time, string Type, string? Fleet, string? Name, string? Address, string Text)
{
    internal static EventTableRow Of(FleetEvent e, DateTimeOffset now) => new(
        e.Sequence,
        DisplayTime.Of(e.Time, now),
        e.Type,
        e.Client?.Fleet,
        e.Client?.Hostname ?? e.Client?.Address.ToString(),
        e.Client?.Address.ToString(),
        e is StartupEvent startup ? $"the server started, version {startup.Version}" : HookTableRow.Cut(ClientHistoryEntry.Of(e).Text)!);
}
