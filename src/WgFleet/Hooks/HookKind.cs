namespace WgFleet.Hooks;

/// <summary>What a hook is.</summary>
internal enum HookKind
{
    /// <summary>A class that implements neither or both of IHook and IProjection. Never runs.</summary>
    Unknown,

    /// <summary>A class that is called for each event.</summary>
    Handler,

    /// <summary>A class or a template that keeps files in step with the state.</summary>
    Projection,

    /// <summary>A program that is started for each event.</summary>
    Exec,

    /// <summary>An HTTP endpoint that is sent each event.</summary>
    Webhook,
}
