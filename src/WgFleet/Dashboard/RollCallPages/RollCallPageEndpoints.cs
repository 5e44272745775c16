using Microsoft.AspNetCore.Mvc;
using WgFleet.Access;
using WgFleet.Dashboard.Live;
using WgFleet.Dashboard.Site;
using WgFleet.Fleets.State;
using WgFleet.Http;
using WgFleet.Queries;
using WgFleet.Queries.RollCalls;

namespace WgFleet.Dashboard.RollCallPages;

/// <summary>The roll call of a fleet: the hall as a map, kept up to date.</summary>
internal static class RollCallPageEndpoints
{
    public static void MapRollCallPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").ForFleet("name").ExcludeFromDescription().Require(Audience.People, Permission.Read);
        pages.MapGet("/fleet/{name}/rollcall", Page);
        pages.MapGet("/fleet/{name}/rollcall/live", LiveAsync);
    }

    private static PageResult Page(string name, [FromServices] Func<Snapshot> snapshot, [FromServices] TimeProvider time)
    {
        var now = time.GetUtcNow();
        return new(new RollCallPage { Call = RollCallView.Of(RollCall.Of(ClientFinder.FindFleet(snapshot(), name), now)) }, now);
    }

    private static Task LiveAsync(string name, HttpContext context, [FromServices] Func<Snapshot> snapshot, [FromServices] LiveStream stream)
    {
        ClientFinder.FindFleet(snapshot(), name);
        return stream.RunAsync(context, new LiveRollCallPage(name));
    }
}
