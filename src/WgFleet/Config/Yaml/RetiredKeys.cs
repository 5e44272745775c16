namespace WgFleet.Config.Yaml;

/// <summary>Keys that earlier versions had, with what to use instead.</summary>
internal static class RetiredKeys
{
    private const string Plugins = "is no longer a key, since the server loads no plugins; start the hook as a program, by an entry of hooks.list with stream";

    private static readonly Dictionary<string, string> Texts = new()
    {
        ["plugins"] = Plugins,
        ["hooks.plugins"] = Plugins,
        ["hooks.plugin_dir"] = Plugins,
    };

    /// <summary>What an operator reads about a key by its full path; null for a key that there never was.</summary>
    public static string? Instead(string path) => Texts.GetValueOrDefault(path);
}
