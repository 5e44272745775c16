using Microsoft.AspNetCore.Http.HttpResults;
using WgFleet.Access;
using WgFleet.Fleets;
using WgFleet.Fleets.Pruning;
using WgFleet.Hosting;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>Prunes that are held: listed, and allowed.</summary>
internal static class PruneEndpoints
{
    private const string Section = "prune";

    public static void MapPrune(this ApiRoutes api)
    {
        api.Read.MapGet("/prune", All).Describe(Section, "listPrunes", "For each fleet whether its prune is held, and which clients it would remove");
        api.Write.MapPost("/prune/{fleet}/allow", AllowAsync).ForFleet("fleet").WaitsForFiles().Describe(Section, "allowPrune", "Allows the held prune with this number");
    }

    private static Ok<PruneResponse> All(ClientRegistry registry) =>
        TypedResults.Ok(new PruneResponse([.. registry.Current.Fleets.Select(f => PruneInfo.Of(f, registry.IsStale))]));

    private static async Task<Ok<CountResponse>> AllowAsync([AsParameters] NamedFleet named, Pruner pruner, Caller caller, long? number, CancellationToken cancellationToken)
    {
        var held = number ?? throw new RefusedException(Refusal.Invalid, "name the held prune by its number: ?number=N");
        return TypedResults.Ok(new CountResponse(await pruner.AllowAsync(named.Find().Config.Name, held, caller.Operator, cancellationToken)));
    }
}
