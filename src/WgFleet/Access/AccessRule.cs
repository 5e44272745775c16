namespace WgFleet.Access;

/// <summary>
/// What an endpoint asks of its callers, as its metadata. An endpoint without one is open to nobody: a path is never compared to
/// decide who may come in.
/// </summary>
/// <param name="Need">What callers must be allowed.</param>
/// <param name="Audience">Whom it is for, and so how it refuses.</param>
internal sealed record AccessRule(Permission Permission, Audience Audience)
{
    /// <summary>A form that strangers may send: its Host, Origin and form token are checked all the same.</summary>
    public bool IsForm { get; init; }
}

/// <summary>Whom an endpoint is for.</summary>
internal enum Audience
{
    /// <summary>Machines and monitoring: answers as the Python server's.</summary>
    Machines,

    /// <summary>People with a browser: whoever has to is sent to log in.</summary>
    People,

    /// <summary>Programs of operators: problems as RFC 9457 has them; the one that is on the operators' socket too.</summary>
    Programs,
}

/// <summary>Says at an endpoint, or for a group of them, who may come in.</summary>
internal static class AccessRules
{
    public static TBuilder For<TBuilder>(this TBuilder endpoints, Audience audience, Permission need)
        where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(new AccessRule(need, audience));

    /// <summary>For a form that strangers may send, as the one they log in with.</summary>
    public static TBuilder ForForm<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(new AccessRule(Permission.Nothing, Audience.People) { IsForm = true });
}
