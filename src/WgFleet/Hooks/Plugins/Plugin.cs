using WgFleet.Hooks.Discovery;

namespace WgFleet.Hooks.Plugins;

/// <summary>A .NET assembly in the folder of plugins: the hooks in it, or why it is not loaded.</summary>
internal sealed record Plugin(string Name, string Path)
{
    /// <summary>Its classes with [Hook]; empty if it is not loaded.</summary>
    public IReadOnlyList<Type> Hooks { get; init; } = [];

    /// <summary>Why it is not loaded; null if it is.</summary>
    public string? Inactive { get; init; }

    /// <summary>Its row, if it is not loaded; the hooks of one that is have rows of their own.</summary>
    public HookSummary Listing() => new() { Name = Name, Kind = "plugin", Events = [], Source = Path, Origin = HookOrigin.Plugin, Inactive = Inactive };
}
