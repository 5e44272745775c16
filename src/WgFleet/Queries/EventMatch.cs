using WgFleet.Hooks;
using WgFleet.Store;

namespace WgFleet.Queries;

/// <summary>Whether an event in memory passes a filter; <see cref="EventQueries.LatestAsync"/> asks the database by the same rule.</summary>
internal static class EventMatch
{
    public static bool Matches(this EventFilter filter, FleetEvent e) =>
        (filter.Type is null || e.Type == filter.Type)
        && (filter.Fleet is null || e.Fleet == filter.Fleet)
        && (filter.Client is not { } text || IsAbout(e, text));

    /// <summary>Whether an event is about a client that has, or just had, exactly this name, address, full name or public key.</summary>
    public static bool IsAbout(FleetEvent e, string text) =>
        e.Client is { } client
        && (client.Hostname == text || client.Address.ToString() == text || client.PublicKey == text || client.Fqdn == text || (e as ClientHostnameChanged)?.Previous == text);
}
