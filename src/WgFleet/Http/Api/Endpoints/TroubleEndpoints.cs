using Microsoft.AspNetCore.Http.HttpResults;
using WgFleet.Queries.Troubles;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>What is wrong now.</summary>
internal static class TroubleEndpoints
{
    public static void MapTroubles(this ApiRoutes api) =>
        api.Read.MapGet("/troubles", All).Describe("troubles", "listTroubles", "Everything that is wrong now, the most urgent first, with what to do about it");

    private static Ok<TroublesResponse> All(TroubleList troubles) => TypedResults.Ok(new TroublesResponse([.. troubles.Now().Select(TroubleInfo.Of)]));
}
