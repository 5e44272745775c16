using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using WgFleet.Config;
using WgFleet.Fleets;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Http.Machines;
using WgFleet.Queries;
using WgFleet.Store;

namespace WgFleet.Http.Api;

/// <summary>Clients that were removed: looked at, and put back.</summary>
internal static class RemovedEndpoints
{
    public static void MapRemoved(this ApiRoutes api)
    {
        // Not below /clients, where a client may have any name.
        api.Looks.MapGet("/removed", RemovedAsync).Says<RemovedClientsResponse>("Clients that were removed, the latest first, for as long as tombstone_keep says; page by page", "clients");
        api.Acts.MapPost("/removed/{client}/restore", RestoreAsync)
            .Says<RestoreResponse>("Puts back a client that was removed, by address, public key, name, name.fleet or full name, with key, address and name as they were", "clients");
    }

    private static async Task<Answer> RemovedAsync(
        [FromServices] FleetStore store, [FromServices] ServerConfig config, string? fleet, int? limit, string? cursor, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > ClientList.MaxPageSize)
            throw new RefusedException(Refusal.Invalid, $"limit is 1 to {ClientList.MaxPageSize}");

        var before = long.MaxValue;
        if (cursor is not null && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before))
            throw new RefusedException(Refusal.Invalid, "this is not a cursor of this list; begin again without it");

        // A fleet that the configuration has no more may be asked for: its clients were removed all the same.
        var size = limit ?? 100;
        var rows = await store.RemovedAsync(fleet, before, size + 1, cancellationToken);
        return Answer.Of(
            new RemovedClientsResponse(
                [.. rows.Take(size).Select(r => RemovedClientInfo.Of(r, config.TombstoneKeep))],
                rows.Count > size ? rows[size - 1].Sequence.ToString(CultureInfo.InvariantCulture) : null),
            AdminJson.Default.RemovedClientsResponse);
    }

    private static async Task<Answer> RestoreAsync(
        HttpContext context, [FromServices] FleetStore store, [FromServices] ClientRegistry registry, [FromServices] HookSet hooks, [FromServices] ServerConfig config,
        [FromServices] TimeProvider time, string client, string? fleet)
    {
        var (newest, others) = await RemovedFinder.FindAsync(store, client, fleet, registry.Current, context.RequestAborted);
        try
        {
            var member = await registry.RestoreAsync(newest, context.Caller().Name);
            await ClientsEndpoints.SettleAsync(context, registry, hooks);
            return Answer.Of(
                new RestoreResponse(
                    ClientInfo.Of(member, registry.Current.Domain, time.GetUtcNow()), [.. others.Select(o => RemovedClientInfo.Of(o, config.TombstoneKeep))]),
                AdminJson.Default.RestoreResponse);
        }
        catch (RefusedException e)
        {
            throw new RefusedException(e.Kind, $"{newest.Hostname ?? newest.Address.ToString()} of {newest.Fleet} is not put back: {e.Message}");
        }
    }
}
