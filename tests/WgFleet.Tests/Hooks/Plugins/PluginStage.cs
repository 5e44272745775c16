using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Tests.Hooks.Deliveries;

namespace WgFleet.Tests.Hooks.Plugins;

/// <summary>A folder of plugins that a test fills, and the catalog that a server would make of it.</summary>
internal sealed class PluginStage : IDisposable
{
    public const string Usings = "using System; using System.Threading; using System.Threading.Tasks; using WgFleet.Hooks;\n";

    /// <summary>A handler that does nothing.</summary>
    public const string Handler = """
        [Hook("plain")]
        public sealed class Plain : IHook<ClientAdded>
        {
            public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken) => default;
        }
        """;

    private readonly ExecFolder _folder = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();

    public CollectedLog Log { get; } = new();

    public string Path => _folder.Path;

    /// <summary>What a plugin may refer to: the framework and WgFleet.Hooks.</summary>
    private static IEnumerable<MetadataReference> Platform => ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':')
        .Select(path => MetadataReference.CreateFromFile(path));

    /// <summary>Compiles an assembly into the folder of the plugin of that name, and returns its path.</summary>
    public string Compile(string plugin, string source, params IEnumerable<string> references)
    {
        Directory.CreateDirectory(System.IO.Path.Combine(Path, plugin));
        ExecFolder.Chmod("0755", System.IO.Path.Combine(Path, plugin));
        return Compile(plugin, source, System.IO.Path.Combine(Path, plugin, plugin + ".dll"), references);
    }

    /// <summary>Compiles an assembly into any file.</summary>
    public static string Compile(string name, string source, string path, params IEnumerable<string> references)
    {
        var own = references.ToList();
        var platform = Platform.Where(r => !own.Any(o => System.IO.Path.GetFileName(o) == System.IO.Path.GetFileName(r.Display)));
        var compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(source)],
            platform.Concat(own.Select(o => MetadataReference.CreateFromFile(o))),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using (var file = File.Create(path))
            compilation.Emit(file).Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()).ShouldBeEmpty();

        File.SetUnixFileMode(path, (UnixFileMode)0x1A4);
        return path;
    }

    public HooksConfig Config(params HookConfig[] list) => new() { Plugins = Path, Folders = [], List = list };

    public HookSet Load(params HookConfig[] list) => TestHooks.Load(Type.EmptyTypes, Config(list), _services, TimeProvider.System, Log);

    /// <summary>The one hook there is, and why it is not active.</summary>
    public string? WhyNot() => Load().Definitions.ShouldHaveSingleItem().Inactive;

    public void Dispose()
    {
        _folder.Dispose();
        _services.Dispose();
        Log.Dispose();
    }
}
