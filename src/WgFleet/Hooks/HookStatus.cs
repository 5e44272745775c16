namespace WgFleet.Hooks;

/// <summary>The status of a hook.</summary>
internal enum HookStatus
{
    Ok,

    /// <summary>The last call failed, or a loop that the hook depends on did.</summary>
    Failing,

    /// <summary>A call has not returned; no other starts until it does.</summary>
    Stuck,

    /// <summary>It gets no events, because an operator or its receiver paused it.</summary>
    Paused,

    /// <summary>It cannot run, or is disabled.</summary>
    Inactive,
}
