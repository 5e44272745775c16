using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Fleets;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Queries;
using WgFleet.Store;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>Clients that were removed: listed, and restored.</summary>
internal static class RemovedEndpoints
{
    private const string Section = "clients";
    private const int DefaultPageSize = 100;

    public static void MapRemoved(this ApiRoutes api)
    {
        // Not below /clients, where a client may have any name.
        api.Read.MapGet("/removed", RemovedAsync).Describe(Section, "listRemovedClients", "Removed clients, the latest first, page by page; they are kept for tombstone_keep");
        api.Write.MapPost("/removed/{client}/restore", RestoreAsync).WaitsForFiles()
            .Describe(Section, "restoreClient", "Restores a removed client with its key, address and name; by address, public key, name, name.fleet or full name");
    }

    private static async Task<Ok<RemovedClientsResponse>> RemovedAsync(
        FleetStore store, Func<Snapshot> current, ServerConfig config, string? fleet, [Range(1, ClientList.MaxPageSize), DefaultValue(DefaultPageSize)] int? limit, string? cursor, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > ClientList.MaxPageSize)
            throw new RefusedException(Refusal.Invalid, $"limit is 1 to {ClientList.MaxPageSize}");

        var before = long.MaxValue;
        if (cursor is not null && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before))
            throw new RefusedException(Refusal.Invalid, "this is not a cursor of this list; begin again without it");

        // The fleet may be gone from the configuration: its clients were removed all the same.
        var size = limit ?? DefaultPageSize;
        var rows = await store.RemovedAsync(fleet is null ? null : ClientName.OfFleet(current(), fleet), before, size + 1, cancellationToken);
        return TypedResults.Ok(new RemovedClientsResponse(
            [.. rows.Take(size).Select(r => RemovedClientInfo.Of(r, config.TombstoneKeep))],
            rows.Count > size ? rows[size - 1].Sequence.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static async Task<Ok<RestoreResponse>> RestoreAsync(
        string client, string? fleet, Caller caller, FleetStore store, ClientRegistry registry, ServerConfig config, TimeProvider time, CancellationToken cancellationToken)
    {
        var (newest, others) = await RemovedFinder.FindAsync(store, client, fleet, registry.Current, cancellationToken);
        try
        {
            var restored = await registry.RestoreAsync(newest, caller.Operator);
            return TypedResults.Ok(new RestoreResponse(
                ClientInfo.Of(restored, registry.Current.Domain, time.GetUtcNow()), [.. others.Select(o => RemovedClientInfo.Of(o, config.TombstoneKeep))]));
        }
        catch (RefusedException e)
        {
            // Names the client, because several removed clients may have had the name.
            throw new RefusedException(e.Kind, $"{newest.Hostname ?? newest.Address.ToString()} of {newest.Fleet} is not restored: {e.Message}");
        }
    }
}
