using WgFleet.Fleets.State;
using WgFleet.Hooks;

namespace WgFleet.Fleets.Commands;

/// <summary>Tells hooks of those of some clients who have come online or gone offline, if that is still so when their turn comes.</summary>
internal sealed class PresenceCommand(string fleet, IReadOnlyList<long> ids, Presence presence) : RegistryCommand<int>
{
    public override void Decide(Batch draft)
    {
        var within = draft.Fleet(fleet);
        foreach (var id in ids)
        {
            if (within.Find(id) is not { } member || presence.News(member, draft.Now) is not { } online)
                continue;

            var changed = member with { OnlineSince = online ? draft.Now : null };
            within.Replace(changed);
            draft.Rows.Presence.Add((id, changed.OnlineSince?.UtcDateTime));
            if (online)
                draft.Tell(e => new ClientOnline(draft.Show(changed)) { Id = e.Id, Sequence = e.Sequence, Time = e.Time });
            else
                Presence.TellOffline(draft, changed);

            Result++;
        }
    }
}
