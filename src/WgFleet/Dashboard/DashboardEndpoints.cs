using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using WgFleet.Access;
using WgFleet.Registry;

namespace WgFleet.Dashboard;

/// <summary>The pages people look at, and the files they are made pretty and lively with.</summary>
internal static class DashboardEndpoints
{
    /// <summary>What the pages are rendered with. The present <see cref="Snapshot"/> and the time come from others.</summary>
    public static IServiceCollection AddDashboard(this IServiceCollection services)
    {
        // One for each request: a renderer keeps what it rendered until it is disposed of.
        services.TryAddScoped<HtmlRenderer>();
        services.TryAddScoped<Visitor>();
        services.TryAddSingleton<Notices>();
        services.TryAddSingleton<History>();
        services.TryAddSingleton<TotalsOfNow>();
        services.TryAddSingleton<LiveStream>();
        return services;
    }

    public static void MapDashboard(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").ExcludeFromDescription().For(Audience.People, Need.Read);

        pages.MapGet("/", FleetsAsync);
        pages.MapGet("/fleet/{name}", Fleet);
        pages.MapLive();
        routes.MapHookPages();
        routes.MapHookForms();
        routes.MapEventPages();
        routes.MapTokenPages();

        var open = routes.MapGroup("").ExcludeFromDescription().For(Audience.People, Need.Nothing);
        open.MapGet(Asset.Style.Path, Asset.Style.Serve);
        open.MapGet(Asset.Script.Path, Asset.Script.Serve);
        open.MapGet(Asset.Icon.Path, Asset.Icon.Serve);
    }

    // Not with parameters as the others: what is generated to fill them cannot see types that Razor's generator makes.
    private static Task FleetsAsync(HttpContext context)
    {
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var history = context.RequestServices.GetRequiredService<History>();
        var fleets = context.RequestServices.GetRequiredService<Func<Snapshot>>()().Fleets.Select(f => FleetLine.Of(f, history, now)).ToArray();
        return new Html<FleetsPage>(new() { [nameof(FleetsPage.Fleets)] = fleets, [nameof(FleetsPage.Now)] = now }).ExecuteAsync(context);
    }

    private static IResult Fleet(string name, HttpRequest request, Func<Snapshot> snapshot, [FromServices] History history, [FromServices] TotalsOfNow totals, TimeProvider time)
    {
        if (snapshot().Fleet(name) is not { } fleet)
            return TypedResults.Text("""{"detail":"Fleet not found"}"""u8, "application/json", StatusCodes.Status404NotFound);

        var now = time.GetUtcNow();
        var view = FleetView.Of(fleet, ClientQuery.From(request.Query), history, totals, now);
        return new Html<FleetPage>(new() { [nameof(FleetPage.Fleet)] = view, [nameof(FleetPage.Now)] = now });
    }
}
