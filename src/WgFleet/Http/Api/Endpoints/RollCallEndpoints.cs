using Microsoft.AspNetCore.Http.HttpResults;
using WgFleet.Access;
using WgFleet.Queries.RollCalls;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>Which of the machines that a fleet's roster expects are there.</summary>
internal static class RollCallEndpoints
{
    public static void MapRollCalls(this ApiRoutes api) => api.Read.MapGet("/fleets/{fleet}/rollcall", Call).ForFleet("fleet")
        .Describe("fleets", "callRoll", "Which machines of the fleet's roster are present, missing, double, on the wrong seat or on an old image, and which are unknown; 409 if the fleet has no roster");

    private static Ok<RollCallInfo> Call([AsParameters] NamedFleet named, TimeProvider time) =>
        TypedResults.Ok(RollCallInfo.Of(RollCall.Of(named.Find(), time.GetUtcNow())));
}
