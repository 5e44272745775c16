using System.Data.Common;
using System.Net;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.Commands;

/// <summary>
/// Puts back a client that was removed, with the key, address and name it had: with its old key its tunnel works again, and it
/// need not know. For pruning it is as new as one that has just registered.
/// </summary>
internal sealed class RestoreCommand(FleetStore store, TombstoneRow tombstone, IPAddress address, WireGuardKey publicKey) : RegistryCommand<RegisteredClient>
{
    public override void Decide(Batch draft)
    {
        var into = draft.Fleet(tombstone.Fleet);
        Check(draft, into);

        var activity = new Liveness(draft.Now);
        activity.Restore(tombstone.LastHandshake is { } handshake ? new DateTimeOffset(handshake, TimeSpan.Zero) : null);
        var member = new RegisteredClient
        {
            Id = draft.NextId(),
            Fleet = tombstone.Fleet,
            Address = address,
            PublicKey = publicKey,
            RequestAddress = tombstone.RequestAddress,
            RegisteredAt = new DateTimeOffset(tombstone.RegisteredAt, TimeSpan.Zero),
            Pinned = tombstone.PinnedAt is { } pinned ? new Pin(new DateTimeOffset(pinned, TimeSpan.Zero), tombstone.PinnedBy ?? "") : null,
            Liveness = activity,
            PruneTimeout = tombstone.PruneTimeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Tags = Tags.Read(tombstone.Tags),
        };

        into.Add(member);
        into.PeerChanges.Add(PeerChange.Set(publicKey, new IPNetwork(address, 128)));
        draft.Rows.RestoredKeys.Add(tombstone.PublicKey);
        draft.Rows.ReleasedKeys.Add(tombstone.PublicKey);
        draft.Rows.Added.Add(new ClientRow
        {
            Id = member.Id,
            FleetId = member.Fleet,
            PublicKey = tombstone.PublicKey,
            AssignedIp = tombstone.Address,
            HttpRequestIp = tombstone.RequestAddress,
            Timestamp = draft.Now.UtcDateTime,
            RegisteredAt = tombstone.RegisteredAt,
            LastHandshake = tombstone.LastHandshake,
            PruneTimeout = tombstone.PruneTimeout,
            Tags = tombstone.Tags,
            PinnedAt = tombstone.PinnedAt,
            PinnedBy = tombstone.PinnedBy,
        });
        draft.Tell(e => new ClientAdded(draft.Show(member)) { Id = e.Id, Sequence = e.Sequence, Time = e.Time, Restored = true });

        // Told of its name as ever, for hooks that keep names by that event alone.
        Result = tombstone.Hostname is { } hostname ? draft.Rename(into, member, hostname) : member;
    }

    private void Check(Batch draft, FleetBuilder into)
    {
        var config = into.Before.Config;
        if (into.Find(publicKey) is { } back)
            throw new RefusedException(Refusal.Conflict, $"it is back already: {Named(back)} has its key");

        if (!IsKept())
            throw new RefusedException(Refusal.Conflict, "it has just been put back, or is no longer kept; look again");

        if (draft.Elsewhere(tombstone.Fleet, publicKey) is { } other)
            throw new RefusedException(Refusal.Conflict, $"its key is that of {Named(other)} in fleet {other.Fleet} by now; remove that one first");

        if (!config.MayAssign(address))
            throw new RefusedException(Refusal.Conflict, $"its address {address} is none that fleet {tombstone.Fleet} gives by now, with subnet {config.Subnet} and ip6 {config.Ip6}; it must register again");

        if (into.Find(address) is { } there)
            throw new RefusedException(Refusal.Conflict, $"its address {address} is that of {Named(there)} by now; remove that one first");

        if (tombstone.Hostname is { } hostname && into.Find(hostname) is { } holder)
            throw new RefusedException(Refusal.Conflict, $"'{hostname}' is the name of {holder.Address} by now; rename that one first, with wg-fleet clients rename");
    }

    // It may have been put back, pinned and removed once more since somebody looked.
    private bool IsKept()
    {
        try
        {
            return store.IsRemoved(tombstone.Seq);
        }
        catch (DbException e)
        {
            throw new RefusedException(Refusal.Unavailable, $"the database cannot be read: {e.Message}");
        }
    }

    private static string Named(RegisteredClient member) => member.Hostname is { } hostname ? $"{hostname} ({member.Address})" : $"{member.Address}";
}
