using Microsoft.AspNetCore.Http.HttpResults;
using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Fleets.State;
using WgFleet.Queries;
using WgFleet.Store;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>The history of clients, also of removed ones, as far back as the event log goes.</summary>
internal static class HistoryEndpoints
{
    private const int MaxEntries = 1000;

    public static void MapHistory(this ApiRoutes api) => api.Read.MapGet("/history/{client}", HistoryAsync)
        .Describe("clients", "getClientHistory", "What happened to the clients that have, or ever had, this address, public key or name");

    private static async Task<Ok<ClientHistoryResponse>> HistoryAsync(
        HttpContext context, Caller caller, QueryLimits limits, string client, string? fleet, Func<Snapshot> current, EventQueries events, FleetStore store, ServerConfig config, TimeProvider time, CancellationToken cancellationToken)
    {
        using var place = limits.Enter(caller, context);
        var snapshot = current();
        var name = ClientName.Of(snapshot, client, fleet);

        // A full name in a fleet that is no longer configured is in the events as it is.
        var text = name.Fleet is null && name.Text.Contains('.', StringComparison.Ordinal) ? ClientName.Unescaped(client) : name.Text;
        var history = await ClientHistory.ReadAsync(events, store, ClientFinder.FindOrNull(snapshot, client, fleet), text, name.Fleet, MaxEntries, cancellationToken);

        // If the text names no client or several, the history of all of them is shown. It is an error only if there is no history either.
        var now = history.Now is null && history.Entries.Count == 0 ? ClientFinder.Find(snapshot, client, fleet) : history.Now;
        return TypedResults.Ok(new ClientHistoryResponse(
            now is null ? null : ClientInfo.Of(now, snapshot.Domain, time.GetUtcNow()),
            history.Removed is null ? null : RemovedClientInfo.Of(history.Removed, config.TombstoneKeep),
            history.Entries));
    }
}
