namespace WgFleet.Access;

/// <summary>
/// Who may use an endpoint, as its metadata. An endpoint without a rule is open to nobody. Paths are never compared to decide who may use what.
/// </summary>
/// <param name="Permission">The permission that callers need.</param>
/// <param name="Audience">The audience of the endpoint, which decides how it refuses.</param>
internal sealed record AccessRule(Permission Permission, Audience Audience)
{
    /// <summary>A form that anonymous callers may send: its Host, Origin and antiforgery token are checked all the same.</summary>
    public bool IsForm { get; init; }

    /// <summary>Whether it is on the admin socket too, as all endpoints for programs are.</summary>
    public bool IsOnAdminSocket { get; init; } = Audience == Audience.Programs;
}

/// <summary>The audience of an endpoint.</summary>
internal enum Audience
{
    /// <summary>Machines and monitoring: answers are those of the Python server.</summary>
    Machines,

    /// <summary>People with a browser: callers without permission are sent to the login page.</summary>
    People,

    /// <summary>Operators' programs: refusals are problems (RFC 9457).</summary>
    Programs,
}

/// <summary>Gives endpoints, or groups of them, their rule.</summary>
internal static class AccessRules
{
    public static TBuilder Require<TBuilder>(this TBuilder endpoints, Audience audience, Permission permission)
        where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(new AccessRule(permission, audience));

    /// <summary>For what anybody may ask, over the network and the admin socket.</summary>
    public static TBuilder RequireNothing<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(new AccessRule(Permission.None, Audience.Machines) { IsOnAdminSocket = true });

    /// <summary>For a form that anonymous callers may send, as the login form.</summary>
    public static TBuilder RequireForm<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(new AccessRule(Permission.None, Audience.People) { IsForm = true });
}
