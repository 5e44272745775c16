using Microsoft.AspNetCore.Http.HttpResults;
using WgFleet.Access;
using WgFleet.Fleets;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store.Engine;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>Has the server reload its configuration. Two requests, since the first one's connection may end with the reload.</summary>
internal static class ReloadEndpoints
{
    private const string Section = "server";

    private static readonly TimeSpan LongestRecord = TimeSpan.FromSeconds(2);

    public static void MapReload(this ApiRoutes api)
    {
        api.Write.MapPost("/reload", ReloadAsync).Describe(Section, "startReload", "Reloads the configuration; use the number in the answer to get the outcome");
        api.Write.MapGet("/reload/{number}", Outcome).Describe(Section, "getReload", "The outcome of a reload: running, waiting for the database, done, or refused with all errors of the file");
    }

    private static async Task<Ok<ReloadResponse>> ReloadAsync(ReloadRequests requests, RecordAct record, Caller caller)
    {
        try
        {
            await record(OperatorActed.By(caller.Operator, OperatorActs.ReloadAsked)).WaitAsync(LongestRecord);
        }
        catch (Exception e) when (e is StoreException or RefusedException or TimeoutException)
        {
            // A reload may be what helps a server whose database is in trouble, so it does not depend on that.
        }

        return TypedResults.Ok(new ReloadResponse(requests.Ask(), ReloadResponse.Running, [], []));
    }

    private static Ok<ReloadResponse> Outcome(ReloadRequests requests, long number) => requests.TryFind(number, out var outcome)
        ? TypedResults.Ok(ReloadResponse.Of(number, outcome))
        : throw new RefusedException(Refusal.NotFound, "there is no reload with this number; it was too long ago, or the server was restarted");
}
