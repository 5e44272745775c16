using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Fleets.Commands;

/// <summary>Freezes or thaws a fleet. Freezing a frozen fleet changes nothing. What a phase of the time-table freezes cannot be thawed.</summary>
/// <param name="fleet">The fleet's name.</param>
/// <param name="by">Who freezes it; null to thaw it.</param>
internal sealed class FreezeCommand(string fleet, string? by) : RegistryCommand<FreezeChange>
{
    public override void Decide(Batch batch)
    {
        var within = batch.Fleet(fleet);
        if (by is null && within is { FrozenByOperator: null, Phase: { Freezes: true } phase })
            throw new RefusedException(Refusal.Conflict, Freeze.UntilEnd(fleet, phase));

        var changes = (by is null) != (within.FrozenByOperator is null);
        if (changes)
        {
            within.FrozenByOperator = by is null ? null : new Freeze(batch.Now, by);
            batch.Rows.Frozen.Add((fleet, by is null ? null : new FrozenFleet(fleet, batch.Now, by)));

            // The next prune after the thaw decides again whether it must be held.
            within.Held = null;
        }

        Result = new FreezeChange(within.Frozen, changes);
    }
}

/// <summary>Whether a fleet is frozen now and by whom, and whether that has changed just now.</summary>
internal sealed record FreezeChange(Freeze? Now, bool Changed);
