namespace WgFleet.Registry;

/// <summary>Shows in the snapshot that a sweep is held, or that none is any more.</summary>
internal sealed class HoldCommand(string fleet, HeldSweep? held) : Command<bool>
{
    public override void Decide(Draft draft)
    {
        // It may have been frozen since somebody looked: there are no sweeps then.
        var within = draft.Fleet(fleet);
        within.Held = within.Frozen is null ? held : null;
    }
}
