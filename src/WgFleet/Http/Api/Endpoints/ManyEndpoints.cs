using Microsoft.AspNetCore.Http.HttpResults;
using WgFleet.Access;
using WgFleet.Fleets;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Http.Api.Many;
using WgFleet.Queries;
using WgFleet.Queries.Many;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>One act on many clients of a fleet.</summary>
internal static class ManyEndpoints
{
    private const string Section = "clients";

    public static void MapMany(this ApiRoutes api) => api.Write.MapPost("/clients", ActAsync).WaitsForFiles().Describe(
        Section, "changeClients", "Removes, pins, unpins, tags or renames many clients of a fleet, at most 5000, in one transaction; with 'dry' only says what would be done");

    private static async Task<Ok<ManyResponse>> ActAsync(ManyRequest body, Caller caller, ClientRegistry registry, TimeProvider time)
    {
        var snapshot = registry.Current;
        var fleet = ClientFinder.FindFleet(snapshot, body.Fleet ?? throw new RefusedException(Refusal.Invalid, "fleet is missing"));
        var plan = ManyPlan.Of(fleet, Chosen(body, fleet, snapshot, time.GetUtcNow()), body.ToAct());
        if (body.Dry == true)
            return TypedResults.Ok(ManyResponse.Of(plan));

        var changed = await plan.RunAsync(registry, caller.Operator);
        var now = registry.Current.Fleet(plan.Fleet);
        return TypedResults.Ok(ManyResponse.Of(plan, changed, id => now?.ById.ContainsKey(id) == true));
    }

    private static IReadOnlyList<RegisteredClient> Chosen(ManyRequest body, FleetSnapshot fleet, Snapshot snapshot, DateTimeOffset now) => body.Named() is { } names
        ? [.. names.Select(name => ClientFinder.Find(snapshot, name, fleet.Config.Name)).DistinctBy(c => c.Id)]
        : ClientList.Find(fleet.ById.Values, body.Where!.ToFilter(), snapshot.Domain, now);
}
