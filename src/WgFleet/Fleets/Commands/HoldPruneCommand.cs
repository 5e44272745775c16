using WgFleet.Fleets.State;

namespace WgFleet.Fleets.Commands;

/// <summary>Shows in the snapshot that a sweep is held, or that none is any more.</summary>
internal sealed class HoldPruneCommand(string fleet, HeldPrune? held) : RegistryCommand<bool>
{
    public override void Decide(Batch draft)
    {
        // It may have been frozen since somebody looked: there are no sweeps then.
        var within = draft.Fleet(fleet);
        within.Held = within.Frozen is null ? held : null;
    }
}
