using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Store;
using WgFleet.Tests.Config;

namespace WgFleet.Tests.Hooks;

/// <summary>Compiles and runs what docs/hooks.md shows.</summary>
public sealed partial class DocsTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Root(), "docs", "hooks.md"));

    [Fact]
    public async Task The_hooks_of_the_page_compile_are_found_in_their_assembly_and_do_what_it_says_under_its_configuration()
    {
        using var folder = new Folder();
        var time = new ManualTime();
        var log = new CollectedLog();
        var world = new World();
        var config = Settled(Yaml.Valid(Yaml.Minimal + Blocks("yaml").ShouldHaveSingleItem()).Hooks, folder);
        using var services = new ServiceCollection().AddSingleton(World.Config(folder.File("hosts"), folder.File("targets.json"))).BuildServiceProvider();

        var catalog = HookCatalog.Load([typeof(HookEngine).Assembly, Compiled(Blocks("csharp"))], config, services, time, log);
        catalog.Problems.ShouldBeEmpty();
        catalog.Listings.Select(l => (l.Name, l.Kind, l.Await, l.Inactive)).ShouldBe(
        [
            ("hosts_file", "projection", true, null),
            ("audit", "handler", false, null),
            ("inventory", "projection", true, null),
            ("announce", "handler", false, null),
            ("prometheus_sd", "projection", true, "disabled in the configuration"),
        ]);

        using var store = FleetStore.Open(folder.File("clients.db"), log.CreateLogger("store"));
        await using var engine = new HookEngine(
            catalog, World.Config() with { Hooks = config }, new HookStore(store), new FileReplacer(TimeProvider.System), time, log);
        engine.Enter(world.Snapshot);
        var startup = world.Startup();
        (await engine.StartAsync(world.Snapshot, startup, Stage.Ct)).ShouldBeTrue();
        engine.Publish(world.Add("beta"));
        var renamed = world.Rename("b1");
        engine.Publish(renamed);
        await engine.HandledAsync(renamed.Events[0].Sequence).WaitAsync(Stage.Ct);
        await engine.StopAsync();

        catalog.Listings.Where(l => l.Status is not null).ShouldAllBe(l => l.Status!.Failures == 0 && l.Status.Runs > 0);
        log.Lines.ShouldContain(l => l.Category == "WgFleet.Hooks.announce" && l.Message == "fd00:2::1 has joined beta");
        File.ReadAllLines(folder.File("wg-fleet-audit.log")).Select(l => l.Split(' ', 3)[2]).ShouldBe(
            ["startup ", "client.added fd00:2::1", "client.hostname_changed fd00:2::1"]);
        File.ReadAllText(folder.File("fleet.ini")).ShouldBe("[beta]\nb1.beta.example.test ansible_host=fd00:2::1\n");
    }

    [Fact]
    public void The_start_up_lines_of_the_page_are_those_the_server_logs()
    {
        var log = new CollectedLog();
        using var services = new ServiceCollection().AddSingleton(World.Config()).BuildServiceProvider();

        HookCatalog.Load([typeof(HookEngine).Assembly, Compiled(Blocks("csharp")[..1])], new HooksConfig(), services, TimeProvider.System, log);

        var shown = ShownLines().Matches(Text).Select(m => m.Groups[1].Value).ToList();
        shown.Count.ShouldBe(3);
        shown.ShouldBeSubsetOf(log.Lines.Select(l => l.Message));
    }

    [Fact]
    public void The_first_hook_of_the_page_takes_ten_lines()
    {
        var lines = Blocks("csharp")[0].Split('\n').Count(l => l.Trim().Length > 0 && !l.StartsWith("using ", StringComparison.Ordinal));

        lines.ShouldBeLessThanOrEqualTo(10);
    }

    [Fact]
    public void Every_event_type_stands_in_the_page()
    {
        foreach (var type in EventTypes.All)
            Text.ShouldContain($"| `{type}` |");
    }

    private static List<string> Blocks(string language) =>
        [.. Fence().Matches(Text).Where(m => m.Groups[1].Value == language).Select(m => m.Groups[2].Value)];

    /// <summary>The page's configuration with its files in a folder of the test's.</summary>
    private static HooksConfig Settled(HooksConfig config, Folder folder) => config with
    {
        List = [.. config.List.Select(h => h with
        {
            Settings = h.Settings.ToDictionary(s => s.Key, s => folder.File(Path.GetFileName(s.Value))),
        })],
    };

    private static Assembly Compiled(IReadOnlyList<string> sources)
    {
        const string implicitUsings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':')
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "Page" + Guid.NewGuid().ToString("N"),
            [.. sources.Append(implicitUsings).Select(s => CSharpSyntaxTree.ParseText(s))],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, generalDiagnosticOption: ReportDiagnostic.Error));

        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()).ShouldBeEmpty();
        return Assembly.Load(image.ToArray());
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "WgFleet.slnx")))
            folder = Path.GetDirectoryName(folder)!;

        return folder;
    }

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^    ((?:Registered hook|Hook \d).*)$", RegexOptions.Multiline)]
    private static partial Regex ShownLines();
}
