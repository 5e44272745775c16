using WgFleet.Dashboard.Formatting;
using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet.Dashboard.FleetPages;

/// <summary>Says what is wrong with a fleet or with parts of the server; empty if nothing is.</summary>
internal static class StatusText
{
    public static string Of(FleetStatus status) => status.State switch
    {
        FleetCondition.Up => "",
        FleetCondition.Degraded => $"Degraded since {DisplayTime.Text(status.Since)}: {Excerpt.Of(status.Reason)}",
        _ => $"Down since {DisplayTime.Text(status.Since)}: {Excerpt.Of(status.Reason)}",
    };

    /// <summary>The failing parts of the server: its loops, and the workers of hooks.</summary>
    public static string Of(Supervisor supervisor) => string.Join(
        " ", supervisor.Parts.Where(p => p.IsFailing).Select(p => $"{p.Name} is failing since {DisplayTime.Text(p.FailingSince!.Value)}: {Excerpt.Of(p.Reason)}."));
}
