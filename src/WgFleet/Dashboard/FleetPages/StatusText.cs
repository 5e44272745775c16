using WgFleet.Dashboard.Formatting;
using WgFleet.Fleets.State;

namespace WgFleet.Dashboard.FleetPages;

/// <summary>Says what is wrong with a fleet; empty if nothing is.</summary>
internal static class StatusText
{
    public static string Of(FleetStatus status) => status.State switch
    {
        FleetCondition.Up => "",
        FleetCondition.Degraded => $"Degraded since {DisplayTime.InSentence(status.Since)}: {Excerpt.Of(status.Reason)}",
        _ => $"Down since {DisplayTime.InSentence(status.Since)}: {Excerpt.Of(status.Reason)}",
    };
}
