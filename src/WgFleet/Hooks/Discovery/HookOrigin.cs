namespace WgFleet.Hooks.Discovery;

/// <summary>Where a hook comes from, in the words that operators read.</summary>
internal static class HookOrigin
{
    /// <summary>The server's own code.</summary>
    public const string BuiltIn = "built-in";

    /// <summary>A .NET assembly in the folder of plugins.</summary>
    public const string Plugin = "plugin";

    /// <summary>An entry of hooks.list that makes it: a program, an endpoint or a template.</summary>
    public const string Config = "config";

    /// <summary>A file in one of the drop-in folders.</summary>
    public const string DropIn = "drop-in";
}
