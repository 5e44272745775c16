using WgFleet.Config;
using WgFleet.Dashboard.Site;
using WgFleet.Fleets;
using WgFleet.Fleets.State;
using WgFleet.History;
using WgFleet.Hosting;
using WgFleet.Http.Api;
using WgFleet.Queries;
using WgFleet.Store;

namespace WgFleet.Dashboard.ClientPages;

/// <summary>Makes the page of one client from the registry, the event log and the tombstones.</summary>
internal sealed class ClientPageBuilder(
    ClientRegistry registry, EventQueries events, FleetStore store, ServerConfig config, ActivityHistory activity, TimeProvider time)
{
    private const int MaxEvents = 200;

    /// <summary>The page.</summary>
    /// <param name="fleet">The fleet's name.</param>
    /// <param name="asked">The client's name, address or key.</param>
    /// <param name="context">The request.</param>
    /// <param name="error">Why a change failed.</param>
    /// <param name="newName">The name that was refused.</param>
    /// <param name="status">The HTTP status where there is such a client, or was.</param>
    public async Task<IResult> ShowAsync(
        string fleet, string asked, HttpContext context, string? error = null, string? newName = null, int status = StatusCodes.Status200OK)
    {
        var snapshot = registry.Current;
        if (snapshot.Fleet(fleet) is null)
            throw new RefusedException(Refusal.NotFound, "Fleet not found");

        var client = ClientFinder.FindOrNull(snapshot, asked, fleet);
        var history = await ClientHistory.ReadAsync(events, store, client, client?.PublicKey.ToString() ?? asked, fleet, MaxEvents, context.RequestAborted);
        var removed = history.Removed is { } tombstone ? RemovedClientInfo.Of(tombstone, config.TombstoneKeep) : null;
        var now = time.GetUtcNow();
        var view = ClientView.Of(fleet, asked, snapshot.Domain, client, removed, activity, history.Entries, now);
        var page = new ClientPage { Client = view, Error = error, NewName = newName };
        return new PageResult(page, now, client is null && history.Entries.Count == 0 ? StatusCodes.Status404NotFound : status);
    }
}
