using WgFleet.Fleets.State;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.Commands;

/// <summary>
/// Records handshakes and traffic of an interface that was read, and repairs its peers where they differ. The interface was
/// read before, outside the writer; a peer that was removed since then is removed again, which does no harm.
/// </summary>
/// <param name="before">The fleet as it was before the reading: the device cannot have clients that registered later.</param>
/// <param name="device">The interface that was read.</param>
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

/// <summary>Brings up the lost interface of a fleet with all its clients.</summary>
internal sealed class RepairCommand(string fleet) : RegistryCommand<bool>
{
    public override void Decide(Batch batch) => batch.Fleet(fleet).NeedsRepair = true;
}
