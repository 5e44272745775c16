using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Store;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.Commands;

/// <summary>Removes those of some clients that still deserve it when their turn comes; the answer is how many.</summary>
internal sealed class RemoveCommand(string fleet, IReadOnlyList<long> ids, Func<RegisteredClient, bool> deserves, string reason, string? by) : RegistryCommand<int>
{
    /// <summary>Whether nobody goes while the fleet is frozen.</summary>
    public bool StopsAtFreeze { get; init; }

    /// <summary>Whether something is kept of them, so that they can be put back.</summary>
    public bool LeavesTombstones { get; init; }

    /// <summary>Whether hooks that were told that one is online are told that it is not, before they are told that it is gone.</summary>
    public bool TellsPresence { get; init; }

    public override void Decide(Batch draft)
    {
        var from = draft.Fleet(fleet);
        if (StopsAtFreeze && from.Frozen is not null)
            return;

        foreach (var id in ids)
        {
            if (from.Find(id) is not { } member || !deserves(member))
                continue;

            from.Remove(member);
            from.PeerChanges.Add(PeerChange.Delete(member.PublicKey));
            draft.Rows.RemovedIds.Add(id);
            if (TellsPresence && member.OnlineSince is not null)
                Presence.TellOffline(draft, member);

            draft.Tell(e => new ClientRemoved(draft.Show(member), reason) { Id = e.Id, Sequence = e.Sequence, Time = e.Time });
            if (LeavesTombstones)
                draft.Rows.Tombstones.Add(Tombstone(member, draft));

            Result++;
        }
    }

    private TombstoneRow Tombstone(RegisteredClient member, Batch draft) => new()
    {
        Seq = draft.Sequence,
        ClientId = member.Id,
        Fleet = fleet,
        PublicKey = member.PublicKey.ToString(),
        Address = member.Address.ToString(),
        RequestAddress = member.RequestAddress,
        Hostname = member.Hostname,
        RegisteredAt = member.RegisteredAt.UtcDateTime,
        RemovedAt = draft.Now.UtcDateTime,
        Cause = reason,
        RemovedBy = by,
        LastPing = member.Liveness.LastPing.UtcDateTime,
        LastHandshake = member.Liveness.LastHandshake?.UtcDateTime,
        LastTraffic = member.Liveness.LastTraffic?.UtcDateTime,
        PruneTimeout = (long?)member.PruneTimeout?.TotalSeconds,
        Tags = Tags.Write(member.Tags),
        PinnedAt = member.Pinned?.Since.UtcDateTime,
        PinnedBy = member.Pinned?.By,
    };
}
