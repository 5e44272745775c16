using WgFleet.Fleets.State;

namespace WgFleet.Fleets.Commands;

/// <summary>Records in the snapshot that a prune is held, or with null that none is.</summary>
internal sealed class HoldPruneCommand(string fleet, HeldPrune? held) : RegistryCommand<bool>
{
    public override void Decide(Batch batch)
    {
        // The fleet may have been frozen in the meantime: a frozen fleet is not pruned.
        var within = batch.Fleet(fleet);
        within.Held = within.Frozen is null ? held : null;
    }
}
