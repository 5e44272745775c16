using WgFleet.Access;
using WgFleet.Hooks.Admin;
using WgFleet.Queries;

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
        var api = routes.MapGroup(Prefix).AddEndpointFilter(ExplainAsync);
        return new(
            api.MapGroup("").For(Audience.Programs, Permission.Read),
            api.MapGroup("").For(Audience.Programs, Permission.Write),
            api.MapGroup("").For(Audience.Programs, Permission.Root));
    }

    /// <summary>Turns what the parts below refuse into problems.</summary>
    private static async ValueTask<object?> ExplainAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (DeskException e)
        {
            return Problems.Of(e.IsMissing ? StatusCodes.Status404NotFound : StatusCodes.Status409Conflict, e.Message);
        }
        catch (ApiException e)
        {
            return Problems.Of(e.Status, e.Message);
        }
        catch (TokenException e)
        {
            return Problems.Of(
                e.Trouble switch
                {
                    TokenError.Invalid => StatusCodes.Status400BadRequest,
                    TokenError.Unknown => StatusCodes.Status404NotFound,
                    _ => StatusCodes.Status409Conflict,
                },
                e.Message);
        }
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
    }
}
