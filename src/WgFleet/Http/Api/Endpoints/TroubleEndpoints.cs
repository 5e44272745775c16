using Microsoft.AspNetCore.Http.HttpResults;
using WgFleet.Access;
using WgFleet.Queries.Troubles;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>What is wrong now.</summary>
internal static class TroubleEndpoints
{
    public static void MapTroubles(this ApiRoutes api) =>
        api.Read.MapGet("/troubles", All).ForFleetsOfCaller().Describe("troubles", "listTroubles", "Everything that is wrong now, the most urgent first, with what to do about it");

    private static Ok<TroublesResponse> All(TroubleList troubles, Caller caller) => TypedResults.Ok(new TroublesResponse([.. troubles.Of(caller).Select(TroubleInfo.Of)]));
}
