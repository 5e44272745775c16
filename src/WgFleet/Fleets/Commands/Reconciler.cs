using System.Net;
using WgFleet.Fleets.State;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.Commands;

/// <summary>Compares an interface with the clients it should have, and says what to change: only the difference.</summary>
internal static class Reconciler
{
    /// <summary>First the peers that are nobody's, then those that are missing or have another address.</summary>
    public static List<PeerChange> Difference(Device device, Func<WireGuardKey, RegisteredClient?> find, IEnumerable<RegisteredClient> members, int count)
    {
        var changes = new List<PeerChange>();
        var moved = new List<PeerChange>();
        var known = 0;
        foreach (var peer in device.Peers)
        {
            if (find(peer.PublicKey) is not { } member)
            {
                changes.Add(PeerChange.Delete(peer.PublicKey));
                continue;
            }

            known++;
            if (!HasOnly(peer, member.Address))
                moved.Add(Set(member));
        }

        changes.AddRange(moved);
        if (known < count)
        {
            var present = device.Peers.Select(p => p.PublicKey).ToHashSet();
            changes.AddRange(members.Where(m => !present.Contains(m.PublicKey)).Select(Set));
        }

        return changes;
    }

    private static PeerChange Set(RegisteredClient member) => PeerChange.Set(member.PublicKey, new IPNetwork(member.Address, 128));

    private static bool HasOnly(Peer peer, IPAddress address) =>
        peer.AllowedIps.Count == 1 && peer.AllowedIps[0].PrefixLength == 128 && peer.AllowedIps[0].BaseAddress.Equals(address);
}
