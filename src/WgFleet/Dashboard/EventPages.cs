using Microsoft.AspNetCore.Mvc;
using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Dashboard.Live;
using WgFleet.Events;
using WgFleet.Hooks;
using WgFleet.Store;

namespace WgFleet.Dashboard;

/// <summary>The page of events, /events: the latest first, a page at a time.</summary>
internal static class EventPages
{
    private const int PageSize = 100;

    public static void MapEventPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("/events").ExcludeFromDescription().For(Audience.People, Permission.Read);
        pages.MapGet("", PageAsync);
        pages.MapGet("/live", LiveAsync);
    }

    private static Task LiveAsync(HttpContext context, [FromServices] LiveStream stream, [FromServices] HookEngine hooks, [FromServices] TimeProvider time, long after) =>
        stream.RunAsync(context, new LiveEventsPage(hooks.Lanes.Events, EventQuery.From(context.Request.Query).ToFilter(time.GetUtcNow()), after));

    // Not Html<EventsPage>: what generates the request's code does not see what Razor generates.
    private static async Task<IResult> PageAsync(
        HttpRequest request, [FromServices] EventQueries archive, [FromServices] HookEngine hooks, [FromServices] ServerConfig config, [FromServices] TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var head = hooks.Lanes.Events.Head;
        var query = EventQuery.From(request.Query);
        var (rows, next) = await archive.LatestAsync(query.ToFilter(now), PageSize, cancellationToken);
        return new Html<EventsPage>(new()
        {
            [nameof(EventsPage.Query)] = query,
            [nameof(EventsPage.Fleets)] = config.Fleets.Select(f => f.Name).ToArray(),
            [nameof(EventsPage.Events)] = rows.Select(row => EventTableRow.Of(EventJson.FromRow(row), now)).ToArray(),
            [nameof(EventsPage.Next)] = next,
            [nameof(EventsPage.Head)] = head,
            [nameof(EventsPage.Now)] = now,
        });
    }
}
