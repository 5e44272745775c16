using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Fleets.Commands.Many;

/// <summary>
/// Gives clients exactly these names, which they then keep, or refuses all of them; the answer is the clients that were changed. They may have each other's names. A client
/// that was removed in the meantime is skipped.
/// </summary>
/// <param name="fleet">Their fleet.</param>
/// <param name="names">The clients and their new names, each name once.</param>
/// <param name="by">Who does it.</param>
internal sealed class RenameManyCommand(string fleet, IReadOnlyList<(long Id, string Hostname)> names, FleetOperator by) : RegistryCommand<IReadOnlySet<long>>
{
    public override void Decide(Batch batch)
    {
        var within = batch.Fleet(fleet);
        var all = names.Select(n => (Client: within.Find(n.Id), n.Hostname)).Where(c => c.Client is not null).ToList();
        var changes = all.Where(c => c.Client!.Hostname != c.Hostname).ToList();
        var renamed = changes.Select(c => c.Client!.Id).ToHashSet();
        foreach (var (_, hostname) in changes)
        {
            if (within.Find(hostname) is { } holder && !renamed.Contains(holder.Id))
                throw new RefusedException(Refusal.Conflict, $"another client of {fleet} is called '{hostname}' ({holder.Address}); no client was renamed");
        }

        // All give up their names before the first gets one: a name may go from one of them to another.
        var nameless = changes.ConvertAll(c => (Client: within.Unname(c.Client!), Before: c.Client!.Hostname, c.Hostname));
        batch.Rows.Renamed.AddRange(nameless.Where(c => c.Before is not null).Select(c => new NameChange(c.Client.Id, null)));
        foreach (var (client, before, hostname) in nameless)
            batch.Rename(within, client, hostname, by, before, by.Name);

        foreach (var (client, _) in all.Where(c => c.Client!.Hostname == c.Hostname && c.Client.NamedBy is null))
            renamed.Add(SetHostnameCommand.Keep(batch, within, client!, by).Id);

        Result = renamed;
    }
}
