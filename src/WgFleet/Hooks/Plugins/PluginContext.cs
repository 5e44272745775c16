using System.Reflection;
using System.Runtime.Loader;

namespace WgFleet.Hooks.Plugins;

/// <summary>
/// Loads one plugin with the assemblies that lie beside it, apart from the server's and other plugins'. What both sides speak by is the
/// server's own, whatever version lies there: a type is another type if it is loaded twice.
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
            // Not one that the server has.
            return null;
        }
    }
}
