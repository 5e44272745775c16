using WgFleet.Config;
using WgFleet.Dashboard.Formatting;

namespace WgFleet.Dashboard.FleetPages;

/// <summary>The phase that a fleet is in, as pages show it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Until">When it ends.</param>
/// <param name="Effect">What it does, as a sentence; empty if nothing.</param>
internal sealed record PhaseView(string Name, string Until, string Effect)
{
    public static PhaseView? Of(Phase? phase) => phase is null ? null : new(phase.Name, DisplayTime.Text(phase.Until), (phase.Freezes, phase.ClosesEnrollment) switch
    {
        (true, true) => "No client is pruned, no name changes, and no new machine can join.",
        (true, false) => "No client is pruned, and no name changes.",
        (false, true) => "No new machine can join.",
        _ => "",
    });
}
