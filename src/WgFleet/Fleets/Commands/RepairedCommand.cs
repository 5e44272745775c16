using WgFleet.Hooks;

namespace WgFleet.Fleets.Commands;

/// <summary>Records that a fleet's interface was repaired.</summary>
/// <param name="fleet">The fleet's name.</param>
/// <param name="reason">What was wrong, in words.</param>
internal sealed class RepairedCommand(string fleet, string reason) : RegistryCommand<bool>
{
    public override void Decide(Batch batch) => batch.Record(client: null, stamp => new FleetRepaired(fleet, reason) { Stamp = stamp });
}
