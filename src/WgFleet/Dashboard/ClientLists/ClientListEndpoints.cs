using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using WgFleet.Access;
using WgFleet.Dashboard.Live;
using WgFleet.Dashboard.Site;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Http;
using WgFleet.Queries;

namespace WgFleet.Dashboard.ClientLists;

/// <summary>The page of the clients of all fleets, and client lists as CSV.</summary>
internal static class ClientListEndpoints
{
    public static void MapClientLists(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").ExcludeFromDescription().Require(Audience.People, Permission.Read);
        pages.MapGet("/clients", Show).ForFleetsOfCaller();
        pages.MapGet("/clients/live", LiveAsync).ForFleetsOfCaller();
        pages.MapGet("/clients.csv", (HttpContext context, [FromServices] Func<Snapshot> current, [FromServices] TimeProvider time) =>
            ClientCsv.SendAsync(context, "clients", context.Caller().Sees(current()).Fleets, current().Domain, time.GetUtcNow())).ForFleetsOfCaller();
        pages.MapGet("/fleet/{name}/clients.csv", (string name, HttpContext context, [FromServices] Func<Snapshot> current, [FromServices] TimeProvider time) =>
            ClientCsv.SendAsync(context, name, [current().Fleet(name) ?? throw new RefusedException(Refusal.NotFound, "Fleet not found")], current().Domain, time.GetUtcNow())).ForFleet("name");
    }

    /// <summary>The part of a client list that the stream of an open page is for.</summary>
    public static LiveClientRows LiveRows(IQueryCollection query) =>
        new(ClientQuery.From(query), long.TryParse(query["newest"], NumberStyles.None, null, out var number) ? number : null);

    private static PageResult Show(HttpContext context, [FromServices] Func<Snapshot> current, [FromServices] TimeProvider time)
    {
        var (now, snapshot) = (time.GetUtcNow(), context.Caller().Sees(current()));
        var page = new ClientsPage { List = ClientListView.OfAll(snapshot, ClientQuery.From(context.Request.Query), now), Heading = ClientsPage.HeadingOf(snapshot) };
        return new PageResult(page, now);
    }

    private static Task LiveAsync(HttpContext context, [FromServices] LiveStream stream) => stream.RunAsync(context, new LiveClientsPage(LiveRows(context.Request.Query)));
}
