using WgFleet.Events;
using WgFleet.Fleets.State;
using WgFleet.Store;

namespace WgFleet.Queries;

/// <summary>What happened to the clients that have, or ever had, an address, a public key or a name; from the event log, as far back as events are kept.</summary>
/// <param name="Now">The client's present state; null if it was removed, or if several have the name.</param>
/// <param name="Removed">The latest tombstone, if the client was removed and can be restored; null otherwise.</param>
/// <param name="Entries">What happened, the oldest first.</param>
internal sealed record ClientHistory(RegisteredClient? Now, Tombstone? Removed, IReadOnlyList<ClientHistoryEntry> Entries)
{
    /// <param name="events">Reads the event log, off the caller's thread.</param>
    /// <param name="store">Reads tombstones, off the caller's thread.</param>
    /// <param name="now">The client as it is, if the caller has found one.</param>
    /// <param name="text">The address, key or name that is meant.</param>
    /// <param name="fleet">Only this fleet; null for all.</param>
    /// <param name="limit">The most entries; the latest are kept.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<ClientHistory> ReadAsync(
        EventQueries events, FleetStore store, RegisteredClient? now, string text, string? fleet, int limit, CancellationToken cancellationToken)
    {
        var rows = await events.AboutAsync(text, now?.Id, fleet, limit, cancellationToken);
        var entries = rows.Select(EventJson.FromRow).Where(e => e.Client is not null).Select(ClientHistoryEntry.Of).ToList();
        var removed = now is null && entries.Count > 0 && await store.FindRemovedAsync(entries[^1].PublicKey, fleet, 1, cancellationToken) is [var latest] ? latest : null;
        return new(now, removed, entries);
    }
}
