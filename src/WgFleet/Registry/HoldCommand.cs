namespace WgFleet.Registry;

/// <summary>Shows in the snapshot that a sweep is held, or that none is any more.</summary>
internal sealed class HoldCommand(string fleet, HeldSweep? held) : Command<bool>
{
    public override void Decide(Draft draft) => draft.Fleet(fleet).Held = held;
}
