namespace WgFleet.Access;

/// <summary>
/// Which fleets an endpoint is about, as its metadata, for people whose roles are for some fleets. An endpoint without it is about the whole server, and
/// closed to them.
/// </summary>
/// <param name="Parameter">The part of the path with the fleet's name; null if the endpoint shows each caller what the caller may see.</param>
internal sealed record FleetScope(string? Parameter)
{
    /// <summary>What the caller may do at the endpoint of this request.</summary>
    public static Permission Of(HttpContext context, Caller caller) => context.GetEndpoint()?.Metadata.GetMetadata<FleetScope>() switch
    {
        null => caller.Everywhere,
        { Parameter: null } => caller.Permission,
        { Parameter: { } part } => context.GetRouteValue(part) is string fleet ? caller.In(fleet) : caller.Everywhere,
    };
}

/// <summary>Gives endpoints, or groups of them, their scope.</summary>
internal static class FleetScopes
{
    /// <summary>For what is about the fleet that this part of the path names.</summary>
    public static TBuilder ForFleet<TBuilder>(this TBuilder endpoints, string part)
        where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(new FleetScope(part));

    /// <summary>For what shows each caller the fleets that the caller may see.</summary>
    public static TBuilder ForFleetsOfCaller<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(new FleetScope(Parameter: null));
}
