namespace WgFleet.Hooks;

/// <summary>What a hook is.</summary>
internal enum HookKind
{
    /// <summary>A hook that is no longer configured; its kind is not stored.</summary>
    Unknown,

    /// <summary>A class that is called for each event.</summary>
    Handler,

    /// <summary>A class or a template that keeps files in step with the state.</summary>
    Projection,

    /// <summary>Takes each event to a program or an endpoint. <see cref="Config.DeliveryConfig"/> says which.</summary>
    Delivery,
}
