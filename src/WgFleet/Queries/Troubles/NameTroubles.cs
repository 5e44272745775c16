using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet.Queries.Troubles;

/// <summary>Names that clients asked for in the last minutes and were refused, for each fleet whose policy refuses taken names.</summary>
internal static class NameTroubles
{
    public static IEnumerable<Trouble> Of(Snapshot snapshot, DateTimeOffset now) =>
        snapshot.Fleets.Where(f => f.Config.Hostnames == HostnamePolicy.Refuse).Select(fleet => Of(fleet, now)).OfType<Trouble>();

    private static Trouble? Of(FleetSnapshot fleet, DateTimeOffset now)
    {
        var refused = fleet.ById.Values.Select(c => (Client: c, Name: c.Liveness.Refused(now)!))
            .Where(r => r.Name is not null && fleet.ByHostname.ContainsKey(r.Name.Asked)).ToList();
        if (refused.Count == 0)
            return null;

        var name = fleet.Config.Name;
        return new(
            TroubleKind.NamesRefused,
            Severity.Attention,
            $"{Quantity.Of(refused.Count, "client")} of {name} {(refused.Count == 1 ? "asks" : "ask")} for a name that another one has",
            "Remove or rename the client that has the name, or give the machine another name")
        {
            Why = Trouble.Named([.. refused.Take(Trouble.MaxNamed).Select(r => $"{r.Client.Address} for {r.Name.Asked}")], refused.Count),
            Since = refused.Min(r => r.Name.Since),
            Fleet = name,
            Clients = [.. refused.Take(Trouble.MaxNamed).Select(r => r.Client.Hostname ?? r.Client.Address.ToString())],
            Command = $"wg-fleet clients show {refused[0].Name.Asked}.{name}",
        };
    }
}
