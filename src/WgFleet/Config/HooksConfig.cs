using WgFleet.Config.Yaml;

namespace WgFleet.Config;

/// <summary>The <c>hooks</c> section.</summary>
internal sealed record HooksConfig
{
    /// <summary>How long a response may wait for awaited projections; zero never waits.</summary>
    public TimeSpan AwaitTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How much of the past is kept.</summary>
    public RetainConfig Retain { get; init; } = new();

    /// <summary>How long a stop may wait for hooks to finish.</summary>
    public TimeSpan ShutdownDrain { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The directories whose programs are hooks (<c>exec_dirs</c>); a name in an earlier one hides the same name in a later one.</summary>
    public IReadOnlyList<string> Folders { get; init; } = ["/etc/wg-fleet/hooks.d", "/usr/lib/wg-fleet/hooks.d"];

    /// <summary>Settings of hooks, in the order in which the hooks run.</summary>
    public IReadOnlyList<HookConfig> List { get; init; } = [];

    /// <summary>Its location in the file; null if the file does not have it.</summary>
    public SourceLocation? Place { get; init; }
}

/// <summary>How long events and records of deliveries are kept.</summary>
internal sealed record RetainConfig
{
    public TimeSpan Events { get; init; } = TimeSpan.FromDays(7);

    public TimeSpan Deliveries { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Maximum number of rows of either, whatever their age.</summary>
    public int MaxRows { get; init; } = 1_000_000;
}
