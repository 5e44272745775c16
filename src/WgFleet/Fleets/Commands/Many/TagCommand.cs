using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Fleets.Commands.Many;

/// <summary>Sets and unsets tags of clients; the answer is those that were changed. A client that was removed in the meantime is skipped.</summary>
/// <param name="fleet">Their fleet.</param>
/// <param name="ids">The clients.</param>
/// <param name="set">The tags that they get, or that get another value.</param>
/// <param name="unset">The keys of the tags that they lose.</param>
/// <param name="by">Who does it.</param>
internal sealed class TagCommand(
    string fleet, IReadOnlyList<long> ids, IReadOnlyDictionary<string, string> set, IReadOnlyCollection<string> unset, FleetOperator by) : RegistryCommand<IReadOnlySet<long>>
{
    public override void Decide(Batch batch)
    {
        var within = batch.Fleet(fleet);
        var changes = ids.Select(within.Find).OfType<RegisteredClient>()
            .Select(client => (Before: client, After: client with { Tags = Tags.Changed(client.Tags, set, unset) }))
            .Where(c => Tags.Write(c.After.Tags) != Tags.Write(c.Before.Tags)).ToList();

        // Before anything is changed: it is refused as a whole.
        if (changes.Find(c => c.After.Tags.Count > Tags.Max).After is { } full)
            throw new RefusedException(Refusal.Conflict, $"{full.Hostname ?? full.Address.ToString()} would have more than {Tags.Max} tags; nothing was changed");

        foreach (var (before, after) in changes)
        {
            within.Replace(after);
            batch.Rows.Tagged.Add((after.Id, after.Tags));
            batch.Record(after.Id, stamp => new ClientTagsChanged(batch.ToClient(after), before.Tags) { Stamp = stamp, Operator = by });
        }

        Result = changes.Select(c => c.After.Id).ToHashSet();
    }
}
