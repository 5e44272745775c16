using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Fleets.Commands;

/// <summary>Freezes or thaws a fleet. Freezing a frozen fleet changes nothing. What a phase of the time-table freezes cannot be thawed.</summary>
/// <param name="fleet">The fleet's name.</param>
/// <param name="freezes">Whether it is frozen, not thawed.</param>
/// <param name="by">Who does it.</param>
internal sealed class FreezeCommand(string fleet, bool freezes, FleetOperator by) : RegistryCommand<FreezeChange>
{
    public override void Decide(Batch batch)
    {
        var within = batch.Fleet(fleet);
        if (!freezes && within is { FrozenByOperator: null, Phase: { Freezes: true } phase })
            throw new RefusedException(Refusal.Conflict, Freeze.UntilEnd(fleet, phase));

        var changes = freezes == within.FrozenByOperator is null;
        if (changes)
        {
            within.FrozenByOperator = freezes ? new Freeze(batch.Now, by.Name) : null;
            batch.Rows.Frozen.Add((fleet, freezes ? new FrozenFleet(fleet, batch.Now, by.Name) : null));
            batch.Record(OperatorActed.By(by, freezes ? OperatorActs.FleetFrozen : OperatorActs.FleetThawed) with { OnFleet = fleet });

            // The next prune after the thaw decides again whether it must be held.
            within.Held = null;
        }

        Result = new FreezeChange(within.Frozen, changes);
    }
}

/// <summary>Whether a fleet is frozen now and by whom, and whether that has changed just now.</summary>
internal sealed record FreezeChange(Freeze? Now, bool Changed);
