namespace WgFleet.Hooks.Plugins;

/// <summary>A .NET assembly in the plugin directory, with its hooks or the reason why it is not loaded.</summary>
internal sealed record Plugin(string Name, string Path)
{
    /// <summary>Its classes with [Hook]; empty if it is not loaded.</summary>
    public IReadOnlyList<Type> Hooks { get; init; } = [];

    /// <summary>Why it is not loaded; null if it is.</summary>
    public string? Inactive { get; init; }
}
