using System.Reflection;
using WgFleet.Linux;

namespace WgFleet.Hooks.Plugins;

/// <summary>The plugins: each a folder NAME with a NAME.dll in it. One that does not fit is named and harms nobody.</summary>
internal static class PluginFolder
{
    /// <summary>Loads what may be loaded, in the order of the names.</summary>
    /// <param name="folder">The folder of plugins; there are none if it does not exist.</param>
    /// <param name="self">The user we are, who is trusted beside root.</param>
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
            // Anything may be wrong with a stranger's file.
            var cause = e is ReflectionTypeLoadException { LoaderExceptions: [{ } first, ..] } ? first : e;
            return plugin with { Inactive = $"incompatible: {cause.Message}" };
        }
    }

    /// <summary>Whatever lies there may be loaded along, so all of it has to be root's, or ours.</summary>
    private static string? Untrusted(string folder, uint self) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .SelectMany(file => TrustedPath.LibraryProblems(file, self)).FirstOrDefault();
}
