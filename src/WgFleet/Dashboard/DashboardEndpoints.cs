using Microsoft.Extensions.DependencyInjection.Extensions;
using WgFleet.Access;
using WgFleet.Dashboard.ApiPages;
using WgFleet.Dashboard.ApprovalPages;
using WgFleet.Dashboard.ClientLists;
using WgFleet.Dashboard.ClientPages;
using WgFleet.Dashboard.EventPages;
using WgFleet.Dashboard.FleetPages;
using WgFleet.Dashboard.HookPages;
using WgFleet.Dashboard.Live;
using WgFleet.Dashboard.LoginPages;
using WgFleet.Dashboard.ManyPages;
using WgFleet.Dashboard.RollCallPages;
using WgFleet.Dashboard.Site;
using WgFleet.Dashboard.TokenPages;
using WgFleet.Dashboard.TroublePages;
using WgFleet.History;
using WgFleet.Http;

namespace WgFleet.Dashboard;

/// <summary>All pages, and the files they load.</summary>
internal static class DashboardEndpoints
{
    /// <summary>Adds what pages are made with. The <see cref="Fleets.State.Snapshot"/> and the time come from elsewhere.</summary>
    public static IServiceCollection AddDashboard(this IServiceCollection services)
    {
        services.TryAddSingleton<FlashMessages>();
        services.TryAddSingleton<RefusalPage>(provider => (status, detail) => RefusedAnswer.Of(status, detail, provider.GetRequiredService<TimeProvider>().GetUtcNow()));
        services.TryAddSingleton<ActivityHistory>();
        services.TryAddSingleton<TotalsCache>();
        services.TryAddSingleton<FleetPageCache>();
        services.TryAddSingleton<LiveStream>();
        services.TryAddSingleton<ClientPageBuilder>();
        return services;
    }

    public static void MapDashboard(this IEndpointRouteBuilder routes)
    {
        routes.MapLogin();
        routes.MapFleetPages();
        routes.MapFleetForms();
        LiveBar.Map(routes);
        routes.MapRollCallPages();
        routes.MapApprovalPages();
        routes.MapClientLists();
        routes.MapManyPages();
        routes.MapClientPages();
        routes.MapEventPages();
        routes.MapHookPages();
        routes.MapTokenPages();
        routes.MapApiPage();

        var assets = routes.MapGroup("").ExcludeFromDescription().Require(Audience.People, Permission.None);
        foreach (var asset in new[] { Asset.Style, Asset.Script, Asset.Icon })
            assets.MapGet(asset.Path, asset.Serve);
    }
}
