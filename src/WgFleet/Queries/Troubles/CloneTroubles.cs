using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet.Queries.Troubles;

/// <summary>Keys that several machines use, for each fleet. Told for ten minutes after it was seen last.</summary>
internal static class CloneTroubles
{
    public static IEnumerable<Trouble> Of(Snapshot snapshot, DateTimeOffset now) => snapshot.Fleets.Select(fleet => Of(fleet, now)).OfType<Trouble>();

    private static Trouble? Of(FleetSnapshot fleet, DateTimeOffset now)
    {
        var (count, since) = (0, DateTimeOffset.MaxValue);
        List<string> names = [];
        List<string> heard = [];
        foreach (var client in fleet.ById.Values)
        {
            if (client.Liveness.Shared(now) is not { } shared)
                continue;

            count++;
            since = shared.Since < since ? shared.Since : since;
            if (names.Count == Trouble.MaxNamed)
                continue;

            names.Add(client.Hostname ?? client.Address.ToString());
            heard.Add(shared.Endpoints.Count == 0 ? names[^1] : $"{names[^1]}, heard from {string.Join(" and ", shared.Endpoints)}");
        }

        if (count == 0)
            return null;

        var name = fleet.Config.Name;
        return new(
            TroubleKind.ClientsCloned,
            Severity.Broken,
            $"several machines seem to have the key of {Quantity.Of(count, "client")} of {name}",
            "They cut each other's tunnel; those with a new join script make keys of their own, on others delete the key and join again")
        {
            Why = Trouble.Named(heard, count),
            Since = since,
            Fleet = name,
            Clients = names,
            Command = $"wg-fleet clients show {(fleet.ByHostname.ContainsKey(names[0]) ? $"{names[0]}.{name}" : names[0])}",
        };
    }
}
