using WgFleet.WireGuard;

namespace WgFleet.Registry;

/// <summary>
/// What a look at an interface showed: notes handshakes and traffic, and has the differences mended. The look was taken
/// before, outside the writer; what changed since then is sent once more, which does no harm.
/// </summary>
internal sealed class ObserveCommand(string fleet, Device device) : Command<int>
{
    public override void Decide(Draft draft)
    {
        var observed = draft.Fleet(fleet);
        foreach (var peer in device.Peers)
            observed.Find(peer.PublicKey)?.Activity.Observed(peer.LastHandshake, peer.ReceivedBytes, peer.SentBytes, draft.Now);

        var difference = Reconciler.Difference(device, observed.Find, observed.Members, observed.Count);
        observed.PeerChanges.AddRange(difference);
        Result = difference.Count(c => !c.Remove);
    }
}

/// <summary>The interface of a fleet is gone: has the writer bring it up with all its clients.</summary>
internal sealed class RepairCommand(string fleet) : Command<bool>
{
    public override void Decide(Draft draft) => draft.Fleet(fleet).NeedsRepair = true;
}
