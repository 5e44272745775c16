using WgFleet.Access;

namespace WgFleet.Http.Api;

/// <summary>The routes of the operators' API, /api/v1, in groups by what they ask of callers.</summary>
/// <param name="Read">Routes that change nothing.</param>
/// <param name="Write">Routes that change something.</param>
/// <param name="Root">Routes that decide who may read and write.</param>
internal sealed record ApiRoutes(RouteGroupBuilder Read, RouteGroupBuilder Write, RouteGroupBuilder Root)
{
    public const string Prefix = "/api/v1";

    /// <summary>Makes the groups, without a route yet.</summary>
    public static ApiRoutes Under(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(Prefix).DescribesRefusals().RefusesUnknownParameters();
        return new(
            api.MapGroup("").Require(Audience.Programs, Permission.Read),
            api.MapGroup("").Require(Audience.Programs, Permission.Write),
            api.MapGroup("").Require(Audience.Programs, Permission.Root));
    }
}

/// <summary>What the API's document says of its routes, besides what follows from their signatures.</summary>
internal static class ApiDescription
{
    /// <summary>The problems (RFC 9457) that any of the routes may answer with.</summary>
    public static RouteGroupBuilder DescribesRefusals(this RouteGroupBuilder routes) => routes
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    /// <summary>Says in the document what the route does.</summary>
    /// <param name="route">The route.</param>
    /// <param name="section">The section of the document.</param>
    /// <param name="operation">The operation's id, of which generated clients make the name of a method.</param>
    /// <param name="summary">One line on what it does.</param>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string section, string operation, string summary) =>
        route.WithTags(section).WithName(operation).WithSummary(summary);
}
