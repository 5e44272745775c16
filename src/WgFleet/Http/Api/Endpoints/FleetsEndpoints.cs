using Microsoft.AspNetCore.Http.HttpResults;
using WgFleet.Access;
using WgFleet.Fleets;
using WgFleet.Fleets.State;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>Fleets: listed, frozen, thawed.</summary>
internal static class FleetsEndpoints
{
    private const string Section = "fleets";

    public static void MapFleets(this ApiRoutes api)
    {
        api.Read.MapGet("/fleets", Fleets).ForFleetsOfCaller().Describe(Section, "listFleets", "All fleets");
        api.Write.MapPost("/fleets/{fleet}/freeze", FreezeAsync).ForFleet("fleet").Describe(Section, "freezeFleet", "Freezes a fleet: pruning and renaming are paused");
        api.Write.MapPost("/fleets/{fleet}/thaw", ThawAsync).ForFleet("fleet").Describe(Section, "thawFleet", "Thaws a fleet: pruning and renaming continue");
    }

    private static Ok<FleetsResponse> Fleets(ClientRegistry registry, Caller caller, FleetHealth health, TimeProvider time)
    {
        var now = time.GetUtcNow();
        return TypedResults.Ok(new FleetsResponse([.. caller.Sees(registry.Current).Fleets.Select(f => FleetInfo.Of(f, health.Of(f.Config.Name), now))]));
    }

    private static async Task<Ok<FreezeResponse>> FreezeAsync([AsParameters] NamedFleet named, Caller caller)
    {
        var name = named.Find().Config.Name;
        var change = await named.Registry.FreezeAsync(name, caller.Operator);
        return TypedResults.Ok(new FreezeResponse(name, change.Changed, FrozenInfo.Of(change.Now)));
    }

    private static async Task<Ok<FreezeResponse>> ThawAsync([AsParameters] NamedFleet named, Caller caller)
    {
        var name = named.Find().Config.Name;
        var change = await named.Registry.ThawAsync(name, caller.Operator);
        return TypedResults.Ok(new FreezeResponse(name, change.Changed, FrozenInfo.Of(change.Now)));
    }
}
