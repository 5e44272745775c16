using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using WgFleet.Fleets.State;
using WgFleet.Http.Machines;

namespace WgFleet.Dashboard.Live;

/// <summary>The streams that keep pages up to date; who may look at a page may look at its stream.</summary>
internal static class LiveEndpoints
{
    public static void MapLive(this RouteGroupBuilder pages)
    {
        pages.MapGet("/live", (HttpContext context, [FromServices] LiveStream stream, [FromServices] TotalsCache totals) => stream.RunAsync(context, new LiveFrontPage(totals)));
        pages.MapGet("/fleet/{name}/live", FleetAsync);
    }

    private static Task FleetAsync(
        string name, HttpContext context, [FromServices] Func<Snapshot> snapshot, [FromServices] LiveStream stream, [FromServices] TotalsCache totals)
    {
        if (snapshot().Fleet(name) is null)
            return Answer.Detail(StatusCodes.Status404NotFound, "Fleet not found").ExecuteAsync(context);

        var query = context.Request.Query;
        return stream.RunAsync(context, Number(query["client"]) is { } id
            ? new LiveClientPage(name, id)
            : new LiveFleetPage(name, ClientQuery.From(query), Number(query["newest"]), totals));
    }

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
