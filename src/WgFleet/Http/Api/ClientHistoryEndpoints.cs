using Microsoft.AspNetCore.Mvc;
using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Fleets.State;
using WgFleet.Http.Machines;
using WgFleet.Queries;
using WgFleet.Store;

namespace WgFleet.Http.Api;

/// <summary>The history of clients, also of clients that are gone, as far back as the event log goes.</summary>
internal static class ClientHistoryEndpoints
{
    private const int MaxEntries = 1000;

    public static void MapStories(this ApiRoutes api) => api.Looks.MapGet("/stories/{client}", StoryAsync)
        .Says<ClientHistoryResponse>("What happened to the clients that have, or ever had, this address, public key or name", "clients");

    private static async Task<Answer> StoryAsync(
        [FromServices] Func<Snapshot> current, [FromServices] EventQueries events, [FromServices] FleetStore store, [FromServices] ServerConfig config, [FromServices] TimeProvider time, string client, string? fleet, CancellationToken cancellationToken)
    {
        var (snapshot, text) = (current(), ClientFinder.Unescaped(client));
        var history = await ClientHistory.ReadAsync(events, store, ClientFinder.FindOrNull(snapshot, client, fleet), text, fleet, MaxEntries, cancellationToken);

        // Nobody, or several clients of one name: the log tells of all of them, and only if it knows none is that an error.
        var now = history.Now is null && history.Entries.Count == 0 ? ClientFinder.Find(snapshot, client, fleet) : history.Now;
        return Answer.Of(
            new ClientHistoryResponse(
                now is null ? null : ClientInfo.Of(now, snapshot.Domain, time.GetUtcNow()),
                history.Removed is null ? null : RemovedClientInfo.Of(history.Removed, config.TombstoneKeep), history.Entries),
            AdminJson.Default.ClientHistoryResponse);
    }
}

/// <summary>The history of clients that have, or had, one address, key or name.</summary>
/// <param name="Now">The client as it is; absent if it is gone.</param>
/// <param name="Removed">What is kept of it if it is gone, so that it can be restored; absent if nothing is.</param>
/// <param name="Lines">What happened, the oldest first.</param>
internal sealed record ClientHistoryResponse(ClientInfo? Now, RemovedClientInfo? Removed, IReadOnlyList<ClientHistoryEntry> Lines);
