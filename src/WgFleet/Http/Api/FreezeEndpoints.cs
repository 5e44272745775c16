using Microsoft.AspNetCore.Mvc;
using WgFleet.Fleets;
using WgFleet.Fleets.Commands;
using WgFleet.Fleets.State;
using WgFleet.Http.Machines;
using WgFleet.Queries;

namespace WgFleet.Http.Api;

/// <summary>Freezes fleets and thaws them.</summary>
internal static class FreezeEndpoints
{
    public static void MapFreeze(this ApiRoutes api)
    {
        api.Acts.MapPost("/fleets/{fleet}/freeze", (HttpContext context, [FromServices] ClientRegistry registry, string fleet) =>
            AnswerAsync(fleet, registry.FreezeAsync(ClientFinder.FindFleet(registry.Current, fleet).Config.Name, context.Caller().Name))).Says<FreezeResponse>("Keeps a fleet as it is: nobody is pruned, who has a name keeps it", "fleets");
        api.Acts.MapPost("/fleets/{fleet}/thaw", (HttpContext context, [FromServices] ClientRegistry registry, string fleet) =>
            AnswerAsync(fleet, registry.ThawAsync(ClientFinder.FindFleet(registry.Current, fleet).Config.Name, context.Caller().Name))).Says<FreezeResponse>("Ends that", "fleets");
    }

    private static async Task<Answer> AnswerAsync(string fleet, Task<FreezeChange> change)
    {
        var done = await change;
        return Answer.Of(new FreezeResponse(fleet, done.Changed, FrozenInfo.Of(done.Now)), AdminJson.Default.FreezeResponse);
    }
}

/// <summary>What holds for a fleet now.</summary>
/// <param name="Fleet">The fleet's name.</param>
/// <param name="Changed">False if it was so already.</param>
/// <param name="Frozen">Absent if it is not frozen.</param>
internal sealed record FreezeResponse(string Fleet, bool Changed, FrozenInfo? Frozen);

/// <summary>Since when a fleet is frozen, and who did it.</summary>
internal sealed record FrozenInfo(DateTimeOffset Since, string By)
{
    public static FrozenInfo? Of(Freeze? freeze) => freeze is null ? null : new(freeze.Since, freeze.By);
}
