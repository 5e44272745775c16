using WgFleet.Config.Yaml;

namespace WgFleet.Config;

/// <summary>The <c>hooks</c> section.</summary>
internal sealed record HooksConfig
{
    /// <summary>The most a response waits for awaited projections; zero never waits.</summary>
    public TimeSpan AwaitTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How much of the past is kept.</summary>
    public RetainConfig Retain { get; init; } = new();

    /// <summary>The most a stop waits for hooks to finish what they have begun.</summary>
    public TimeSpan ShutdownDrain { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The folders of programs that are hooks by lying there (<c>exec_dirs</c>); a name in an earlier one hides it in a later.</summary>
    public IReadOnlyList<string> Folders { get; init; } = ["/etc/wg-fleet/hooks.d", "/usr/lib/wg-fleet/hooks.d"];

    /// <summary>The folder of .NET plugins (<c>plugin_dir</c>).</summary>
    public string Plugins { get; init; } = "/etc/wg-fleet/plugins";

    /// <summary>Settings of hooks, in the order in which they shall run.</summary>
    public IReadOnlyList<HookConfig> List { get; init; } = [];

    /// <summary>Where it stands in the file; null if it does not.</summary>
    public SourceLocation? Place { get; init; }
}

/// <summary>How long the event log and the record of deliveries reach back.</summary>
internal sealed record RetainConfig
{
    public TimeSpan Events { get; init; } = TimeSpan.FromDays(7);

    public TimeSpan Deliveries { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The most rows of either, whatever their age.</summary>
    public int MaxRows { get; init; } = 1_000_000;
}
