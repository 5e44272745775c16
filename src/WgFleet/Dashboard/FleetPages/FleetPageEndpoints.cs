using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using WgFleet.Access;
using WgFleet.Dashboard.ClientLists;
using WgFleet.Dashboard.ClientPages;
using WgFleet.Dashboard.Live;
using WgFleet.Dashboard.Site;
using WgFleet.Dashboard.TroublePages;
using WgFleet.Fleets.State;
using WgFleet.History;
using WgFleet.Hosting;
using WgFleet.Http;
using WgFleet.Queries.Troubles;

namespace WgFleet.Dashboard.FleetPages;

/// <summary>The front page, the page of one fleet, and the streams that keep both and the pages of clients up to date.</summary>
internal static class FleetPageEndpoints
{
    public static void MapFleetPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").ExcludeFromDescription().Require(Audience.People, Permission.Read);
        pages.MapGet("/", Fleets).ForFleetsOfCaller();
        pages.MapGet("/fleet/{name}", Fleet).ForFleet("name");
        pages.MapGet("/live", LiveFleetsAsync).ForFleetsOfCaller();
        pages.MapGet("/fleet/{name}/live", LiveAsync).ForFleet("name");
    }

    private static PageResult Fleets(
        HttpContext context,
        [FromServices] Func<Snapshot> snapshot,
        [FromServices] FleetHealth health,
        [FromServices] TroubleList troubles,
        [FromServices] ActivityHistory history,
        [FromServices] TimeProvider time)
    {
        var now = time.GetUtcNow();
        var page = new FleetsPage
        {
            Fleets = [.. context.Caller().Sees(snapshot()).Fleets.Select(f => FleetCard.Of(f, health.Of(f.Config.Name), history, now))],
            Troubles = TroubleBox.Of(troubles.Of(context.Caller()), now),
        };
        return new PageResult(page, now);
    }

    private static IResult Fleet(
        string name,
        HttpContext context,
        [FromServices] Func<Snapshot> snapshot,
        [FromServices] FleetHealth health,
        [FromServices] ActivityHistory history,
        [FromServices] TotalsCache totals,
        [FromServices] FleetPageCache pages,
        [FromServices] FlashMessages messages,
        [FromServices] TimeProvider time)
    {
        var now = time.GetUtcNow();
        if (snapshot().Fleet(name) is not { } fleet)
            throw NoSuchFleet();

        var status = health.Of(name);
        if (pages.Find(context, fleet, status, now) is { } rendered)
            return rendered;

        var page = new FleetPage
        {
            Fleet = FleetView.Of(fleet, status, ClientQuery.From(context.Request.Query), snapshot().Domain, history, totals, now),
            FlashMessage = messages.Of(context),
        };
        return new PageResult(page, now, keep: pages.Keep(context, fleet, status, now));
    }

    private static Task LiveFleetsAsync(
        HttpContext context, [FromServices] LiveStream stream, [FromServices] TotalsCache totals, [FromServices] FleetHealth health) =>
        stream.RunAsync(context, new LiveFrontPage(totals, health));

    private static Task LiveAsync(
        string name,
        HttpContext context,
        [FromServices] Func<Snapshot> snapshot,
        [FromServices] LiveStream stream,
        [FromServices] TotalsCache totals,
        [FromServices] FleetHealth health)
    {
        if (snapshot().Fleet(name) is null)
            throw NoSuchFleet();

        var query = context.Request.Query;
        return stream.RunAsync(context, Number(query["client"]) is { } id
            ? new LiveClientPage(name, id)
            : new LiveFleetPage(name, ClientListEndpoints.LiveRows(query), totals, health));
    }

    private static RefusedException NoSuchFleet() => new(Refusal.NotFound, "Fleet not found");

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, null, out var number) ? number : null;
}
