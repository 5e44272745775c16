namespace WgFleet.Config;

/// <summary>What an entry of hooks.list defines: the settings below <c>exec</c>, <c>webhook</c> and so on. One heir for each kind.</summary>
internal abstract record HookKindConfig
{
    /// <summary>The kind's key in the entry, which is also its name for operators.</summary>
    public abstract string Key { get; }

    /// <summary>The file or the address behind the hook, as operators read it. Never holds a secret.</summary>
    public abstract string Source { get; }

    /// <summary>The settings as operators read them, but for the timeout: keys below <see cref="Key"/> and values. Never hold a secret.</summary>
    public abstract IEnumerable<(string Key, string Value)> Shown { get; }
}

/// <summary>A hook that takes single events somewhere outside of the server.</summary>
internal abstract record DeliveryConfig : HookKindConfig
{
    /// <summary>How long one attempt may take.</summary>
    public abstract TimeSpan Timeout { get; init; }

    /// <summary>How many deliveries may be under way at once, never two of one client.</summary>
    public virtual int Concurrency { get; init; } = 1;
}
