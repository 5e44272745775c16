using WgFleet.Http.Api.Document;
using WgFleet.Queries;

namespace WgFleet.Http.Api.Endpoints;

/// <summary>The operators' API: its table of contents.</summary>
internal static class ApiEndpoints
{
    public static IServiceCollection AddApi(this IServiceCollection services) =>
        services.AddSingleton<StreamLimits>().AddSingleton<QueryLimits>().AddSingleton<EventStream>().AddSingleton<RecentlyPruned>().AddApiDocument();

    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        var api = ApiRoutes.Under(routes);
        api.MapTroubles();
        api.MapFleets();
        api.MapRosters();
        api.MapRollCalls();
        api.MapApprovals();
        api.MapClients();
        api.MapPins();
        api.MapMany();
        api.MapRemoved();
        api.MapHistory();
        api.MapEvents();
        api.MapHooks();
        api.MapDeadLetters();
        api.MapTokens();
        api.MapPrune();
        api.MapReload();
        api.MapBackup();
    }
}
