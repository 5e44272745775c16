using WgFleet.Config;
using WgFleet.Hooks;

namespace WgFleet.Fleets.Commands;

/// <summary>Brings a fleet into the phase that its time-table has for now; the answer is that phase, and whether it has changed just now.</summary>
/// <param name="fleet">The fleet's name.</param>
internal sealed class PhaseCommand(string fleet) : RegistryCommand<(Phase? Now, bool Changed)>
{
    public override void Decide(Batch batch)
    {
        var before = batch.Fleet(fleet).Phase;
        Result = Follow(batch, fleet, before?.Name, before?.Until);
    }

    /// <summary>Brings a fleet into its phase, with an event if hooks were told something else last.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="fleet">The fleet's name.</param>
    /// <param name="told">The phase that hooks were told last; null for none.</param>
    /// <param name="until">Its end.</param>
    public static (Phase? Now, bool Changed) Follow(Batch batch, string fleet, string? told, DateTimeOffset? until)
    {
        var within = batch.Fleet(fleet);
        var phase = within.Phase = within.Before.Config.PhaseAt(batch.Now);
        if (phase?.Name == told && phase?.Until == until)
            return (phase, Changed: false);

        // The next prune after the phase decides again whether it must be held.
        within.Held = null;
        batch.Record(client: null, stamp => new FleetPhaseChanged(fleet, phase?.Name, told, phase?.Until) { Stamp = stamp });
        return (phase, Changed: true);
    }
}
