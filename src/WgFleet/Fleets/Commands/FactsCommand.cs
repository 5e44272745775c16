using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Fleets.Commands;

/// <summary>Notes what a client that registers again says of itself; the answer is the client with it.</summary>
internal sealed class FactsCommand(string fleet, long id, IReadOnlyDictionary<string, string> facts) : RegistryCommand<RegisteredClient>
{
    public override void Decide(Batch batch)
    {
        var within = batch.Fleet(fleet);
        var client = within.Find(id) ?? throw new RefusedException(Refusal.NotFound, "the client has just been removed");
        Result = client;
        if (Facts.AreSame(client.Facts, facts))
            return;

        var changed = client with { Facts = facts };
        within.Replace(changed);
        batch.Rows.Facts.Add((id, facts));
        Result = changed;

        var (before, now) = (client.Facts.GetValueOrDefault(Facts.Image), facts.GetValueOrDefault(Facts.Image));
        batch.Record(id, stamp => before is not null && now is not null && before != now
            ? new ClientImageChanged(batch.ToClient(changed), before) { Stamp = stamp }
            : new ClientFactsChanged(batch.ToClient(changed)) { Stamp = stamp });
    }
}
