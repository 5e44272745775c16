namespace WgFleet.Hooks;

/// <summary>How a hook is doing.</summary>
internal enum HookStatus
{
    Ok,

    /// <summary>The last call failed, or a loop that the hook depends on did.</summary>
    Failing,

    /// <summary>A call has not returned; no other starts until it does.</summary>
    Stuck,

    /// <summary>It is given no events, because an operator or its receiver said so.</summary>
    Paused,

    /// <summary>It cannot run, or is switched off.</summary>
    Inactive,
}
