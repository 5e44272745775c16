using System.Reflection;

namespace WgFleet.Hosting;

/// <summary>The product's version, as the build stamped it.</summary>
internal static class ProductInfo
{
    public static string Version { get; } =
        typeof(ProductInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
