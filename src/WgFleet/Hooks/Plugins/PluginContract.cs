using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.Versioning;

namespace WgFleet.Hooks.Plugins;

/// <summary>Checks whether an assembly was built for this server. Only reads the file: a loaded assembly could run code, and cannot be unloaded.</summary>
internal static class PluginContract
{
    /// <summary>The library that every plugin is built against. A new major version means that plugins must be built again.</summary>
    public const string Library = "WgFleet.Hooks";

    private const string Core = ".NETCoreApp";
    private const string Standard = ".NETStandard";

    /// <summary>Says why the assembly cannot be used; null if it can.</summary>
    public static string? Problem(string path)
    {
        try
        {
            using var image = new PEReader(File.OpenRead(path));
            if (!image.HasMetadata || image.GetMetadataReader() is not { IsAssembly: true } metadata)
                return "it is not a .NET assembly";

            return LibraryProblem(metadata) ?? FrameworkProblem(metadata);
        }
        catch (Exception e) when (e is BadImageFormatException or InvalidOperationException or ArgumentException)
        {
            return "it is not a .NET assembly";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"it cannot be read: {e.Message}";
        }
    }

    private static string? LibraryProblem(MetadataReader metadata)
    {
        var ours = typeof(FleetEvent).Assembly.GetName().Version!.Major;
        var built = metadata.AssemblyReferences.Select(metadata.GetAssemblyReference)
            .Where(r => metadata.GetString(r.Name) == Library).Select(r => (int?)r.Version.Major).FirstOrDefault();
        return built is null ? $"it does not use {Library}, so there is no hook in it"
            : built != ours ? $"it is built against version {built} of {Library}, and this server has version {ours}"
            : null;
    }

    private static string? FrameworkProblem(MetadataReader metadata)
    {
        if (TargetFramework(metadata) is not { } name)
            return null;

        var framework = new FrameworkName(name);
        return framework.Identifier switch
        {
            Core when framework.Version > Environment.Version => $"it is built for .NET {framework.Version}, and this server runs on .NET {Environment.Version}",
            Core or Standard => null,
            _ => $"it is built for {framework.Identifier}, and not for .NET",
        };
    }

    private static string? TargetFramework(MetadataReader metadata)
    {
        foreach (var handle in metadata.GetAssemblyDefinition().GetCustomAttributes())
        {
            var attribute = metadata.GetCustomAttribute(handle);
            if (attribute.Constructor.Kind != HandleKind.MemberReference
                || metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is not { Kind: HandleKind.TypeReference } parent
                || metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)parent).Name) != nameof(TargetFrameworkAttribute))
                continue;

            // The blob: a fixed prolog of two bytes, then the constructor's argument (ECMA-335, II.23.3).
            var value = metadata.GetBlobReader(attribute.Value);
            value.ReadUInt16();
            return value.ReadSerializedString();
        }

        return null;
    }
}
