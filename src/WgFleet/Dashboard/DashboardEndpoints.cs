using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using WgFleet.Access;
using WgFleet.Dashboard.Live;
using WgFleet.Fleets.State;
using WgFleet.History;

namespace WgFleet.Dashboard;

/// <summary>The pages people look at, and the files they are made pretty and lively with.</summary>
internal static class DashboardEndpoints
{
    /// <summary>What the pages are rendered with. The present <see cref="Snapshot"/> and the time come from others.</summary>
    public static IServiceCollection AddDashboard(this IServiceCollection services)
    {
        // One for each request: a renderer keeps what it rendered until it is disposed of.
        services.TryAddScoped<HtmlRenderer>();
        services.TryAddScoped<CurrentUser>();
        services.TryAddSingleton<FlashMessages>();
        services.TryAddSingleton<ActivityHistory>();
        services.TryAddSingleton<TotalsCache>();
        services.TryAddSingleton<LiveStream>();
        return services;
    }

    public static void MapDashboard(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").ExcludeFromDescription().For(Audience.People, Permission.Read);

        pages.MapGet("/", FleetsAsync);
        pages.MapGet("/fleet/{name}", Fleet);
        pages.MapLive();
        routes.MapHookPages();
        routes.MapHookForms();
        routes.MapEventPages();
        routes.MapTokenPages();

        var open = routes.MapGroup("").ExcludeFromDescription().For(Audience.People, Permission.Nothing);
        open.MapGet(Asset.Style.Path, Asset.Style.Serve);
        open.MapGet(Asset.Script.Path, Asset.Script.Serve);
        open.MapGet(Asset.Icon.Path, Asset.Icon.Serve);
    }

    // Not with parameters as the others: what is generated to fill them cannot see types that Razor's generator makes.
    private static Task FleetsAsync(HttpContext context)
    {
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var history = context.RequestServices.GetRequiredService<ActivityHistory>();
        var fleets = context.RequestServices.GetRequiredService<Func<Snapshot>>()().Fleets.Select(f => FleetTableRow.Of(f, history, now)).ToArray();
        return new Html<FleetsPage>(new() { [nameof(FleetsPage.Fleets)] = fleets, [nameof(FleetsPage.Now)] = now }).ExecuteAsync(context);
    }

    private static IResult Fleet(string name, HttpRequest request, Func<Snapshot> snapshot, [FromServices] ActivityHistory history, [FromServices] TotalsCache totals, TimeProvider time)
    {
        if (snapshot().Fleet(name) is not { } fleet)
            return TypedResults.Text("""{"detail":"Fleet not found"}"""u8, "application/json", StatusCodes.Status404NotFound);

        var now = time.GetUtcNow();
        var view = FleetView.Of(fleet, ClientQuery.From(request.Query), history, totals, now);
        return new Html<FleetPage>(new() { [nameof(FleetPage.Fleet)] = view, [nameof(FleetPage.Now)] = now });
    }
}
