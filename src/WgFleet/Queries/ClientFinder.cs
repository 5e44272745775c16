using System.Net;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.WireGuard;

namespace WgFleet.Queries;

/// <summary>Finds the one client that an operator names: by address, public key, name, name.fleet or full name.</summary>
internal static class ClientFinder
{
    /// <exception cref="RefusedException">There is none, or more than one.</exception>
    public static RegisteredClient Find(Snapshot snapshot, string text, string? fleet)
    {
        if (fleet is not null)
            FindFleet(snapshot, fleet);

        var (meant, found) = (ClientName.Unescaped(text), All(snapshot, text, fleet));
        return found switch
        {
            [var one] => one,
            [] => throw new RefusedException(Refusal.NotFound, $"there is no client '{meant}'; name it by address, public key, name or name.fleet"),
            _ => throw new RefusedException(Refusal.Conflict, $"'{meant}' is in several fleets: {string.Join(", ", found.Select(m => $"{m.Hostname}.{m.Fleet}"))}"),
        };
    }

    /// <summary>The fleet with this name, in any case.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public static FleetSnapshot FindFleet(Snapshot snapshot, string name) =>
        snapshot.Fleet(ClientName.OfFleet(snapshot, name)) ?? throw new RefusedException(Refusal.NotFound, $"there is no fleet '{name}'");

    /// <summary>The client with this address, key or name; null if there is none, or more than one.</summary>
    public static RegisteredClient? FindOrNull(Snapshot snapshot, string text, string? fleet) => All(snapshot, text, fleet) is [var one] ? one : null;

    private static List<RegisteredClient> All(Snapshot snapshot, string text, string? fleet)
    {
        var name = ClientName.Of(snapshot, text, fleet);
        return [.. snapshot.Fleets.Where(f => name.Fleet is null || f.Config.Name == name.Fleet).Select(f => In(f, name.Text)).OfType<RegisteredClient>()];
    }

    private static RegisteredClient? In(FleetSnapshot fleet, string text)
    {
        if (IPAddress.TryParse(text, out var address) && fleet.ByAddress.TryGetValue(address, out var there))
            return there;

        return WireGuardKey.TryParse(text, out var key) && fleet.ByKey.TryGetValue(key, out var holder) ? holder : fleet.ByHostname.GetValueOrDefault(text);
    }
}
