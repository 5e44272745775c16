namespace WgFleet.Config;

/// <summary>The <c>hooks</c> section.</summary>
internal sealed record HooksConfig
{
    /// <summary>The most a response waits for awaited projections; zero never waits.</summary>
    public TimeSpan AwaitTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Settings of hooks, in the order in which they shall run.</summary>
    public IReadOnlyList<HookConfig> List { get; init; } = [];
}

/// <summary>What the file says of one hook; null leaves what the hook itself says.</summary>
internal sealed record HookConfig
{
    public required string Name { get; init; }

    public bool Enabled { get; init; } = true;

    public bool? Await { get; init; }

    public TimeSpan? Timeout { get; init; }

    public TimeSpan? MinInterval { get; init; }

    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
