using System.Net;
using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.Commands;

/// <summary>Compares the peers of an interface with the clients that it should have.</summary>
internal static class Reconciler
{
    /// <summary>The changes that make them agree: first unknown peers are removed, then missing and wrong ones are set.</summary>
    public static List<PeerChange> Difference(Device device, FleetSnapshot fleet)
    {
        var changes = new List<PeerChange>();
        var wrong = new List<PeerChange>();
        var known = 0;
        foreach (var peer in device.Peers)
        {
            if (!fleet.ByKey.TryGetValue(peer.PublicKey, out var client))
            {
                changes.Add(PeerChange.Delete(peer.PublicKey));
                continue;
            }

            known++;
            if (!HasOnly(peer, client.Addresses) || !Equals(peer.PresharedKey, client.PresharedKey))
                wrong.Add(client.ToPeer() with { PresharedKey = client.PresharedKey ?? PresharedKey.None });
        }

        changes.AddRange(wrong);
        if (known < fleet.Count)
        {
            var present = device.Peers.Select(p => p.PublicKey).ToHashSet();
            changes.AddRange(fleet.ById.Values.Where(c => !present.Contains(c.PublicKey)).Select(Add));
        }

        return changes;
    }

    // A peer that is there has an endpoint that WireGuard has learnt, which is newer than ours.
    private static PeerChange Add(RegisteredClient client) => client.ToPeer() with { Endpoint = client.Liveness.Endpoint };

    // In no particular order, as WireGuard tells them.
    private static bool HasOnly(Peer peer, IReadOnlyList<IPAddress> addresses) =>
        peer.AllowedIps.Count == addresses.Count && addresses.All(a => peer.AllowedIps.Contains(new IPNetwork(a, FleetNetwork.LengthOf(a))));
}
