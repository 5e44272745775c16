using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet.Queries.Troubles;

/// <summary>Clients that went offline in the last minutes, for each fleet. One that has been offline for longer is no news: the list of clients shows it.</summary>
internal static class OfflineTroubles
{
    /// <summary>How long after a client went offline it is told.</summary>
    public static readonly TimeSpan News = TimeSpan.FromMinutes(10);

    public static IEnumerable<Trouble> Of(Snapshot snapshot, DateTimeOffset now) => snapshot.Fleets.Select(fleet => Of(fleet, now)).OfType<Trouble>();

    private static Trouble? Of(FleetSnapshot fleet, DateTimeOffset now)
    {
        var (count, first) = (0, DateTimeOffset.MaxValue);
        List<string> names = [];
        foreach (var client in fleet.ById.Values)
        {
            if (client.Liveness.LastHeard is not { } heard || client.Liveness.IsOnline(now))
                continue;

            var since = heard + fleet.Config.OfflineAfter;
            if (now - since > News)
                continue;

            count++;
            first = since < first ? since : first;
            if (names.Count < Trouble.MaxNamed)
                names.Add(client.Hostname ?? client.Address.ToString());
        }

        if (count == 0)
            return null;

        var name = fleet.Config.Name;
        return new(
            TroubleKind.ClientsOffline,
            Severity.Attention,
            $"{Quantity.Of(count, "client")} of {name} went offline in the last {News.TotalMinutes:0} minutes",
            "Look whether these machines have power and network")
        {
            Why = Trouble.Named(names, count),
            Since = first,
            Fleet = name,
            Clients = names,
            Command = $"wg-fleet clients list --fleet {name} --offline",
        };
    }
}
