using WgFleet.Fleets.State;
using WgFleet.Store;

namespace WgFleet.Fleets.Commands;

/// <summary>Freezes or thaws a fleet. Freezing a frozen fleet changes nothing.</summary>
/// <param name="fleet">The fleet's name.</param>
/// <param name="by">Who freezes it; null to thaw it.</param>
internal sealed class FreezeCommand(string fleet, string? by) : RegistryCommand<FreezeChange>
{
    public override void Decide(Batch batch)
    {
        var within = batch.Fleet(fleet);
        var changes = (by is null) != (within.Frozen is null);
        if (changes)
        {
            within.Frozen = by is null ? null : new Freeze(batch.Now, by);
            batch.Rows.Frozen.Add((fleet, by is null ? null : new FrozenFleet(fleet, batch.Now, by)));

            // The next prune after the thaw decides again whether it must be held.
            within.Held = null;
        }

        Result = new FreezeChange(within.Frozen, changes);
    }
}

/// <summary>Whether a fleet is frozen now and by whom, and whether that has changed just now.</summary>
internal sealed record FreezeChange(Freeze? Now, bool Changed);
