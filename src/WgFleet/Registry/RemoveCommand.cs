using WgFleet.Hooks;
using WgFleet.WireGuard;

namespace WgFleet.Registry;

/// <summary>Removes those of some clients that still deserve it when their turn comes; the answer is how many.</summary>
internal sealed class RemoveCommand(string fleet, IReadOnlyList<long> ids, Func<Member, bool> deserves, string reason) : Command<int>
{
    /// <summary>Whether nobody goes while the fleet is frozen.</summary>
    public bool StopsAtFreeze { get; init; }

    public override void Decide(Draft draft)
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
            draft.Tell(e => new ClientRemoved(draft.Show(member), reason) { Id = e.Id, Sequence = e.Sequence, Time = e.Time });
            Result++;
        }
    }
}
