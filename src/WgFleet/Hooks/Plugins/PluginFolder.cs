using System.Reflection;
using WgFleet.Linux;

namespace WgFleet.Hooks.Plugins;

/// <summary>
/// Finds and loads the plugins: each is a directory NAME with a file NAME.dll. A plugin that cannot be loaded is listed with the
/// reason and stops nothing else.
/// </summary>
internal static class PluginFolder
{
    /// <summary>Loads the plugins, ordered by name. Plugins that cannot be loaded are in the list too.</summary>
    /// <param name="folder">The plugin directory; if it does not exist, there are no plugins.</param>
    /// <param name="self">The id of the user that the server runs as. Files of this user are trusted, like those of root.</param>
    public static IReadOnlyList<Plugin> Load(string folder, uint self)
    {
        if (!Directory.Exists(folder))
            return [];

        try
        {
            return [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Select(path => Load(Path.GetFileName(path), path, self))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [new Plugin("plugins", folder) { Inactive = $"cannot be read: {e.Message}" }];
        }
    }

    private static Plugin Load(string name, string folder, uint self)
    {
        var plugin = new Plugin(name, Path.Combine(folder, name + ".dll"));
        if (!File.Exists(plugin.Path))
            return plugin with { Inactive = $"there is no {name}.dll in it" };

        if (Untrusted(folder, self) is { } untrusted)
            return plugin with { Inactive = untrusted };

        if (PluginContract.Problem(plugin.Path) is { } problem)
            return plugin with { Inactive = "incompatible: " + problem };

        try
        {
            var hooks = new PluginContext(plugin.Path).LoadFromAssemblyPath(plugin.Path).GetTypes()
                .Where(t => t.IsDefined(typeof(HookAttribute), inherit: false)).ToList();
            return hooks.Count == 0
                ? plugin with { Inactive = "there is no class with [Hook] in it" }
                : plugin with { Hooks = hooks };
        }
        catch (Exception e)
        {
            // Loading a file that we did not write can fail in any way.
            var cause = e is ReflectionTypeLoadException { LoaderExceptions: [{ } first, ..] } ? first : e;
            return plugin with { Inactive = $"incompatible: {cause.Message}" };
        }
    }

    /// <summary>Every file in the directory may be loaded as a dependency, so all of them must belong to root or to the server's user.</summary>
    private static string? Untrusted(string folder, uint self) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .SelectMany(file => TrustedPath.LibraryProblems(file, self)).FirstOrDefault();
}
