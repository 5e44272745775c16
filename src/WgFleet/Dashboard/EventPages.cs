using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Registry;
using WgFleet.Store;

namespace WgFleet.Dashboard;

/// <summary>The page of events, /events: the latest first, a page at a time.</summary>
internal static class EventPages
{
    private const int PageSize = 100;

    public static void MapEventPages(this IEndpointRouteBuilder routes) => routes.MapGet("/events", PageAsync).ExcludeFromDescription().For(Audience.People, Need.Read);

    // Not Html<EventsPage>: what generates the request's code does not see what Razor generates.
    private static async Task<IResult> PageAsync(
        HttpRequest request, [FromServices] EventArchive archive, [FromServices] ServerConfig config, [FromServices] TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var query = EventQuery.From(request.Query);
        var (rows, next) = await archive.LatestAsync(query.ToFilter(now), PageSize, cancellationToken);
        return new Html<EventsPage>(new()
        {
            [nameof(EventsPage.Query)] = query,
            [nameof(EventsPage.Fleets)] = config.Fleets.Select(f => f.Name).ToArray(),
            [nameof(EventsPage.Events)] = rows.Select(row => EventLine.Of(EventJson.FromRow(row), now)).ToArray(),
            [nameof(EventsPage.Next)] = next,
            [nameof(EventsPage.Now)] = now,
        });
    }
}
