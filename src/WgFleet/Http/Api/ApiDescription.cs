namespace WgFleet.Http.Api;

/// <summary>What the API's document says of an endpoint.</summary>
internal static class ApiDescription
{
    /// <summary>What it does, what it answers, and how it refuses.</summary>
    public static RouteHandlerBuilder Says<T>(this RouteHandlerBuilder endpoint, string summary, string tag, int status = StatusCodes.Status200OK) => endpoint
        .WithSummary(summary).WithTags(tag).Produces<T>(status)
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    /// <summary>What its body is, which it reads by itself.</summary>
    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder endpoint)
        where T : notnull => endpoint.Accepts<T>("application/json");
}
