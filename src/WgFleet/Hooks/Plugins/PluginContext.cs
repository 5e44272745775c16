using System.Reflection;
using System.Runtime.Loader;

namespace WgFleet.Hooks.Plugins;

/// <summary>
/// Loads one plugin with the assemblies beside it, separate from those of the server and of other plugins. The assemblies that define
/// the types shared with the server are always the server's own, even if the plugin has another version: a type that is loaded twice
/// is two different types.
/// </summary>
internal sealed class PluginContext(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
{
    private readonly AssemblyDependencyResolver _resolver = new(path);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (IsShared(assemblyName.Name ?? "") && Ours(assemblyName.Name!) is { } ours)
            return ours;

        return _resolver.ResolveAssemblyToPath(assemblyName) is { } file ? LoadFromAssemblyPath(file) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } file ? LoadUnmanagedDllFromPath(file) : 0;

    private static bool IsShared(string name) =>
        name == PluginContract.Library
        || (name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal) && name.EndsWith(".Abstractions", StringComparison.Ordinal));

    private static Assembly? Ours(string name)
    {
        try
        {
            return Default.LoadFromAssemblyName(new AssemblyName(name));
        }
        catch (FileNotFoundException)
        {
            // The server does not have this assembly; use the plugin's.
            return null;
        }
    }
}
