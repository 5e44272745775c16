using WgFleet.Fleets.State;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.Commands;

/// <summary>
/// What a look at an interface showed: notes handshakes and traffic, and has the differences mended. The look was taken
/// before, outside the writer; a peer removed since then is removed once more, which does no harm.
/// </summary>
/// <param name="before">The fleet as it was before the look; who has come since cannot be in it.</param>
/// <param name="device">What the look showed.</param>
internal sealed class ObserveCommand(FleetSnapshot before, Device device) : RegistryCommand<int>
{
    public override void Decide(Batch draft)
    {
        var observed = draft.Fleet(before.Config.Name);
        foreach (var peer in device.Peers)
            observed.Find(peer.PublicKey)?.Liveness.Observed(peer.LastHandshake, peer.ReceivedBytes, peer.SentBytes, draft.Now);

        var difference = Reconciler.Difference(device, observed.Find, observed.Members, observed.Count);
        difference.RemoveAll(c => !c.Remove && !before.ByKey.ContainsKey(c.PublicKey));
        observed.PeerChanges.AddRange(difference);
        Result = difference.Count(c => !c.Remove);
    }
}

/// <summary>The interface of a fleet is gone: has the writer bring it up with all its clients.</summary>
internal sealed class RepairCommand(string fleet) : RegistryCommand<bool>
{
    public override void Decide(Batch draft) => draft.Fleet(fleet).NeedsRepair = true;
}
