using WgFleet.Fleets.State;
using WgFleet.Store;

namespace WgFleet.Fleets.Commands;

/// <summary>Freezes a fleet, or thaws it. A fleet that is so already stays as it is.</summary>
/// <param name="fleet">The fleet's name.</param>
/// <param name="by">Who freezes it; null to thaw it.</param>
internal sealed class FreezeCommand(string fleet, string? by) : RegistryCommand<FreezeChange>
{
    public override void Decide(Batch draft)
    {
        var within = draft.Fleet(fleet);
        var changes = (by is null) != (within.Frozen is null);
        if (changes)
        {
            within.Frozen = by is null ? null : new Freeze(draft.Now, by);
            draft.Rows.Frozen.Add((fleet, by is null ? null : new FrozenRow { Fleet = fleet, Since = draft.Now.UtcDateTime, By = by }));

            // It is found out anew once it is thawed.
            within.Held = null;
        }

        Result = new FreezeChange(within.Frozen, changes);
    }
}

/// <summary>What holds for a fleet now, and whether that is new.</summary>
internal sealed record FreezeChange(Freeze? Now, bool Changed);
