using WgFleet.Fleets.State;
using WgFleet.Hooks;

namespace WgFleet.Fleets.Commands;

/// <summary>Records which of some clients have come online or gone offline, if it is still so when the writer comes to them; the answer is how many.</summary>
internal sealed class PresenceCommand(string fleet, IReadOnlyList<long> ids, Presence presence) : RegistryCommand<int>
{
    public override void Decide(Batch batch)
    {
        var within = batch.Fleet(fleet);
        foreach (var id in ids)
        {
            if (within.Find(id) is not { } client || presence.Change(client, batch.Now) is not { } isOnline)
                continue;

            var changed = client with { OnlineSince = isOnline ? batch.Now : null };
            within.Replace(changed);
            batch.Rows.Presence.Add((id, changed.OnlineSince));
            if (isOnline)
                batch.Record(id, stamp => new ClientOnline(batch.ToClient(changed)) { Stamp = stamp });
            else
                batch.RecordOffline(changed);

            Result++;
        }
    }
}
