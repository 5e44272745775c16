namespace WgFleet.Hooks;

/// <summary>The kind of a hook.</summary>
internal enum HookKind
{
    /// <summary>A hook that is no longer configured; its kind is not stored.</summary>
    Unknown,

    /// <summary>A class that is called for each event.</summary>
    Handler,

    /// <summary>A class or a template that keeps files up to date with the state.</summary>
    Projection,

    /// <summary>Takes each event to a program or an endpoint. <see cref="Config.DeliveryConfig"/> says which.</summary>
    Delivery,
}
