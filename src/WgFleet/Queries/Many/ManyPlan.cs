using WgFleet.Fleets;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Queries.Many;

/// <summary>What an act will do to each of many clients of a fleet. Making the plan changes nothing.</summary>
/// <param name="Fleet">The fleet.</param>
/// <param name="Act">The act.</param>
/// <param name="Steps">The clients, in their order.</param>
internal sealed record ManyPlan(string Fleet, ManyAct Act, IReadOnlyList<ManyStep> Steps)
{
    /// <summary>The most clients of one act: it is one transaction, for which all others wait.</summary>
    public const int MaxClients = 5000;

    /// <summary>How many clients it changes.</summary>
    public int Changes => Steps.Count(s => s.Changes);

    /// <exception cref="RefusedException">There are no clients or too many, or the act is refused as a whole.</exception>
    public static ManyPlan Of(FleetSnapshot fleet, IReadOnlyList<RegisteredClient> clients, ManyAct act)
    {
        act.Check();
        if (clients.Count == 0)
            throw new RefusedException(Refusal.Conflict, $"no client of fleet {fleet.Config.Name} is chosen");

        if (clients.Count > MaxClients)
            throw new RefusedException(Refusal.Conflict, $"{clients.Count} clients are chosen, and one act is for at most {MaxClients}; choose fewer");

        var plan = new ManyPlan(fleet.Config.Name, act, [.. clients.Select((c, index) => Step(c, act, index + 1))]);
        if (act.Kind == ManyKind.Rename)
            plan.CheckNames(fleet);

        return plan;
    }

    /// <summary>Does it; returns the clients that were changed. One that was removed in the meantime is not among them.</summary>
    /// <exception cref="RefusedException">It is refused as a whole, because something has changed since the plan was made.</exception>
    public Task<IReadOnlySet<long>> RunAsync(ClientRegistry registry, FleetOperator by)
    {
        var ids = Steps.Select(s => s.Client.Id).ToList();
        return Act.Kind switch
        {
            ManyKind.Remove => registry.RemoveManyAsync(Fleet, ids, by),
            ManyKind.Tag => registry.TagAsync(Fleet, ids, Act.Set, Act.Unset, by),
            ManyKind.Rename => registry.RenameManyAsync(Fleet, [.. Steps.Select(s => (s.Client.Id, s.Hostname!))], by),
            var kind => registry.PinManyAsync(Fleet, ids, kind == ManyKind.Pin, by),
        };
    }

    private static ManyStep Step(RegisteredClient client, ManyAct act, int number)
    {
        var tags = act.Kind == ManyKind.Tag ? Tags.Changed(client.Tags, act.Set, act.Unset) : client.Tags;
        var hostname = act.Kind == ManyKind.Rename ? NamePattern.NameOf(act.Pattern, client, number) : client.Hostname;
        return new(client, hostname, tags, act.Kind switch
        {
            ManyKind.Pin => client.Pinned is null,
            ManyKind.Unpin => client.Pinned is not null,
            ManyKind.Tag => Tags.Write(tags) != Tags.Write(client.Tags),
            ManyKind.Rename => hostname != client.Hostname || client.NamedBy is null,
            _ => true,
        });
    }

    private void CheckNames(FleetSnapshot fleet)
    {
        var holders = new Dictionary<string, RegisteredClient>(StringComparer.Ordinal);
        var chosen = Steps.Select(s => s.Client.Id).ToHashSet();
        foreach (var (client, hostname, _, _) in Steps)
        {
            if (!holders.TryAdd(hostname!, client))
                throw Taken(hostname!, $"{Named(holders[hostname!])} and {Named(client)} would both get it");

            if (fleet.ByHostname.GetValueOrDefault(hostname!) is { } holder && !chosen.Contains(holder.Id))
                throw Taken(hostname!, $"{holder.Address}, which is not chosen, has it");
        }
    }

    private static RefusedException Taken(string hostname, string why) => new(Refusal.Conflict, $"the name '{hostname}' can be given once: {why}; no client was renamed");

    private static string Named(RegisteredClient client) => client.Hostname ?? client.Address.ToString();
}

/// <summary>What an act will do to one client.</summary>
/// <param name="Client">The client as it is.</param>
/// <param name="Hostname">Its name afterwards.</param>
/// <param name="Tags">Its tags afterwards.</param>
/// <param name="Changes">Whether anything changes.</param>
internal sealed record ManyStep(RegisteredClient Client, string? Hostname, IReadOnlyDictionary<string, string> Tags, bool Changes);
