using WgFleet.Access;

namespace WgFleet.Http.Api;

/// <summary>The API of operators, /api/v1: its routes by what they ask of callers.</summary>
/// <param name="Looks">What changes nothing.</param>
/// <param name="Acts">What changes something.</param>
/// <param name="Rules">What decides who may look and act.</param>
internal sealed record ApiRoutes(RouteGroupBuilder Looks, RouteGroupBuilder Acts, RouteGroupBuilder Rules)
{
    public const string Prefix = "/api/v1";

    /// <summary>The routes, without any yet.</summary>
    public static ApiRoutes Under(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(Prefix);
        return new(
            api.MapGroup("").For(Audience.Programs, Permission.Read),
            api.MapGroup("").For(Audience.Programs, Permission.Write),
            api.MapGroup("").For(Audience.Programs, Permission.Root));
    }
}

/// <summary>The API's table of contents.</summary>
internal static class ApiEndpoints
{
    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        var api = ApiRoutes.Under(routes);
        api.MapClients();
        api.MapPin();
        api.MapRemoved();
        api.MapStories();
        api.MapEvents();
        api.MapHooks();
        api.MapTokens();
        api.MapPrune();
        api.MapFreeze();
        api.MapReload();
    }
}
