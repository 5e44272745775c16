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

        var meant = Unescaped(text);
        var found = All(snapshot, meant, fleet);
        return found switch
        {
            [var one] => one,
            [] => throw new RefusedException(Refusal.NotFound, $"there is no client '{meant}'; name it by address, public key, name or name.fleet"),
            _ => throw new RefusedException(Refusal.Conflict, $"'{meant}' is in several fleets: {string.Join(", ", found.Select(m => $"{m.Hostname}.{m.Fleet}"))}"),
        };
    }

    /// <summary>The fleet with this name.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public static FleetSnapshot FindFleet(Snapshot snapshot, string name) =>
        snapshot.Fleet(name) ?? throw new RefusedException(Refusal.NotFound, $"there is no fleet '{name}'");

    /// <summary>The client with this address, key or name; null if there is none, or more than one.</summary>
    public static RegisteredClient? FindOrNull(Snapshot snapshot, string text, string? fleet) => All(snapshot, Unescaped(text), fleet) is [var one] ? one : null;

    /// <summary>The text unescaped, and without the domain.</summary>
    public static string Meant(string text, string domain) => Without(Unescaped(text), $".{domain}");

    /// <summary>A part of a path, unescaped: routing leaves %2F as it is, and half of all base64 keys have a slash.</summary>
    public static string Unescaped(string text) => text.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static List<RegisteredClient> All(Snapshot snapshot, string text, string? fleet) =>
        [.. snapshot.Fleets.Where(f => fleet is null || f.Config.Name == fleet).Select(f => In(f, text, snapshot.Domain)).OfType<RegisteredClient>()];

    private static RegisteredClient? In(FleetSnapshot fleet, string text, string domain)
    {
        if (IPAddress.TryParse(text, out var address) && fleet.ByAddress.TryGetValue(address, out var there))
            return there;

        if (WireGuardKey.TryParse(text, out var key) && fleet.ByKey.TryGetValue(key, out var holder))
            return holder;

        // Names are stored in lower case; those of fleets and the domain are as the configuration has them.
        return fleet.ByHostname.GetValueOrDefault(Without(Without(text, $".{domain}"), $".{fleet.Config.Name}").ToLowerInvariant());
    }

    private static string Without(string text, string ending) => text.EndsWith(ending, StringComparison.OrdinalIgnoreCase) ? text[..^ending.Length] : text;
}
