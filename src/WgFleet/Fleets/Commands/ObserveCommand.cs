using WgFleet.Fleets.State;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.Commands;

/// <summary>
/// What a look at an interface showed: notes handshakes and traffic, and has WireGuard's peers mended where they differ. The look was
/// made before, outside the writer; a peer removed since then is removed once more, which does no harm.
/// </summary>
/// <param name="before">The fleet as it was before the look: the device cannot have clients that came later.</param>
/// <param name="device">What the look showed.</param>
internal sealed class ObserveCommand(FleetSnapshot before, Device device) : RegistryCommand<int>
{
    public override void Decide(Batch batch)
    {
        var observed = batch.Fleet(before.Config.Name);
        foreach (var client in observed.Clients)
            client.Liveness.Clamp(batch.Now);

        foreach (var peer in device.Peers)
            observed.Find(peer.PublicKey)?.Liveness.Observed(peer.LastHandshake, peer.ReceivedBytes, peer.SentBytes, batch.Now);

        var difference = Reconciler.Difference(device, observed.Find, observed.Clients, observed.Count);
        difference.RemoveAll(c => !c.Remove && !before.ByKey.ContainsKey(c.PublicKey));
        observed.PeerChanges.AddRange(difference);
        Result = difference.Count(c => !c.Remove);
    }
}

/// <summary>The interface of a fleet is gone: has it brought up with all its clients.</summary>
internal sealed class RepairCommand(string fleet) : RegistryCommand<bool>
{
    public override void Decide(Batch batch) => batch.Fleet(fleet).NeedsRepair = true;
}
