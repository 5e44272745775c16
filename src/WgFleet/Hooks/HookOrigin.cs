namespace WgFleet.Hooks;

/// <summary>Where a hook comes from.</summary>
internal enum HookOrigin
{
    /// <summary>The server's own code.</summary>
    BuiltIn,

    /// <summary>An entry of hooks.list with exec, webhook or template.</summary>
    Config,

    /// <summary>A file in one of the drop-in directories.</summary>
    DropIn,

    /// <summary>Only the database: the hook ran here once and is no longer configured.</summary>
    Removed,
}
