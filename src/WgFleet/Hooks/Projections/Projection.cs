namespace WgFleet.Hooks.Projections;

/// <summary>An active projection: the user's object, and what the server knows of it.</summary>
internal sealed record Projection(
    string Name,
    IProjection Hook,
    HookRunner Runner,
    TimeSpan MinInterval,
    bool Await,
    bool NamedOnly,
    IReadOnlyDictionary<string, string> Settings,
    HookStatus Status,
    ILogger Log);
