using Microsoft.AspNetCore.Mvc;
using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Dashboard.Live;
using WgFleet.Dashboard.Site;
using WgFleet.Events;
using WgFleet.Hooks;
using WgFleet.Http;
using WgFleet.Store;

namespace WgFleet.Dashboard.EventPages;

/// <summary>The page of events, the latest first.</summary>
internal static class EventPageEndpoints
{
    private const int PageSize = 100;

    public static void MapEventPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("/events").ExcludeFromDescription().Require(Audience.People, Permission.Read);
        pages.MapGet("", ShowAsync);
        pages.MapGet("/live", LiveAsync);
    }

    private static async Task<PageResult> ShowAsync(
        HttpContext context,
        [FromServices] QueryLimits limits,
        [FromServices] EventQueries events,
        [FromServices] HookSet hooks,
        [FromServices] ServerConfig config,
        [FromServices] TimeProvider time,
        CancellationToken cancellationToken)
    {
        // Read the head first, so that an event that comes while the rows are read is reported as new.
        var head = hooks.Events.Head;
        var now = time.GetUtcNow();
        var query = EventQuery.From(context.Request.Query);
        using var place = limits.Enter(context.Caller(), context);
        var (rows, next) = await events.LatestAsync(query.ToFilter(now), PageSize, cancellationToken);
        var page = new EventsPage
        {
            Query = query,
            Fleets = [.. config.Fleets.Select(f => f.Name)],
            Events = [.. rows.Select(row => EventTableRow.Of(EventJson.FromRow(row), now))],
            Next = next,
            Head = head,
        };
        return new PageResult(page, now);
    }

    private static Task LiveAsync(HttpContext context, [FromServices] LiveStream stream, [FromServices] HookSet hooks, [FromServices] TimeProvider time, long after) =>
        stream.RunAsync(context, new LiveEventsPage(hooks.Events, EventQuery.From(context.Request.Query).ToFilter(time.GetUtcNow()), after));
}
