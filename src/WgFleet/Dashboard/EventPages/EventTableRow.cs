using WgFleet.Dashboard.Formatting;
using WgFleet.Events;
using WgFleet.Hooks;

namespace WgFleet.Dashboard.EventPages;

/// <summary>One event as the page shows it.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Type">Its type.</param>
/// <param name="Fleet">Its fleet; null if it is about none.</param>
/// <param name="Name">The client's name, or its address if it has none; null if the event is about no client.</param>
/// <param name="Address">The client's address.</param>
/// <param name="Text">What happened, in words.</param>
internal sealed record EventTableRow(long Seq, DisplayTime Time, string Type, string? Fleet, string? Name, string? Address, string Text)
{
    public static EventTableRow Of(FleetEvent e, DateTimeOffset now) => new(
        e.Sequence,
        DisplayTime.Of(e.Time, now),
        e.Type,
        e.Fleet,
        e.Client?.Hostname ?? e.Client?.Address.ToString(),
        e.Client?.Address.ToString(),
        Excerpt.Of(e is UnknownEvent unknown ? $"unknown event: {unknown.Problem}" : EventTypes.Tell(e))!);
}
