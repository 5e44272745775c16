using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Hooks;
using WgFleet.Hooks.Discovery;
using WgFleet.Linux;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;

namespace WgFleet.Tests.Hooks;

/// <summary>Compiles and runs what docs/hooks.md shows.</summary>
public sealed partial class DocsTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Root(), "docs", "hooks.md"));

    [Fact]
    public async Task The_hooks_on_the_page_compile_are_found_and_do_what_the_page_says()
    {
        using var folder = new Folder();
        var time = new ManualTime();
        var log = new CollectedLog();
        var world = new World();
        var config = Settled(Yaml.Valid(Yaml.Minimal + Blocks("yaml")[^1]).Hooks, folder);
        using var services = new ServiceCollection().AddSingleton(World.Config(folder.File("hosts"), folder.File("targets.json"))).BuildServiceProvider();

        using var store = SqliteDatabase.Open(folder.File("clients.db"), log.CreateLogger("store"));
        await using var hooks = TestHooks.Load([typeof(HookSet).Assembly, Compiled(Blocks("csharp"))], config, services, time, log, new HookStore(store));
        hooks.Problems.ShouldBeEmpty();
        hooks.Definitions.Select(l => (l.Name, l.Kind.Text(), l.Await, l.Inactive)).ShouldBe(
        [
            ("hosts_file", "projection", true, null),
            ("audit", "handler", false, null),
            ("inventory", "projection", true, null),
            ("announce", "handler", false, null),
            ("prometheus_sd", "projection", true, "disabled in the configuration"),
        ]);

        hooks.Enter(world.Snapshot);
        var startup = world.Startup();
        (await hooks.StartAsync(world.Snapshot, startup, Stage.Ct)).ShouldBeTrue();
        hooks.Publish(world.Add("beta"));
        var renamed = world.Rename("b1");
        hooks.Publish(renamed);
        await hooks.HandledAsync(renamed.Events[0].Sequence).WaitAsync(Stage.Ct);
        await hooks.StopAsync();

        hooks.Active.ShouldAllBe(h => h.Health.Failures == 0 && h.Health.Runs > 0);
        log.Lines.ShouldContain(l => l.Category == "WgFleet.Hooks.announce" && l.Message == "fd00:2::1 has joined beta");
        File.ReadAllLines(folder.File("wg-fleet-audit.log")).Select(l => l.Split(' ', 3)[2]).ShouldBe(
            ["startup ", "client.added fd00:2::1", "client.hostname_changed fd00:2::1"]);
        File.ReadAllText(folder.File("fleet.ini")).ShouldBe("[beta]\nb1.beta.example.test ansible_host=fd00:2::1\n");
    }

    [Fact]
    public void The_start_up_lines_on_the_page_are_what_the_server_logs()
    {
        var log = new CollectedLog();
        using var services = new ServiceCollection().AddSingleton(World.Config()).BuildServiceProvider();

        TestHooks.Load([typeof(HookSet).Assembly, Compiled(Blocks("csharp")[..1])], new HooksConfig(), services, TimeProvider.System, log);

        var shown = ShownLines().Matches(Text).Select(m => m.Groups[1].Value).ToList();
        shown.Count.ShouldBe(3);
        shown.ShouldBeSubsetOf(log.Lines.Select(l => l.Message));
    }

    [Fact]
    public void The_first_hook_on_the_page_has_at_most_ten_lines()
    {
        var lines = Blocks("csharp")[0].Split('\n').Count(l => l.Trim().Length > 0 && !l.StartsWith("using ", StringComparison.Ordinal));

        lines.ShouldBeLessThanOrEqualTo(10);
    }

    [Fact]
    public void Every_event_type_is_on_the_page()
    {
        foreach (var type in EventTypes.All)
            Text.ShouldContain($"| `{type}` |");
    }

    [Fact]
    public void The_JSON_of_each_event_on_the_page_is_what_receivers_get()
    {
        var added = new DateTimeOffset(2026, 11, 22, 12, 42, 10, TimeSpan.Zero).AddMicroseconds(145416);
        var nameless = new Client("alpha", IPAddress.Parse("fd00:1::d4:4f4e:ce0:7e7d"), null, null, "w+jM00iEcPrqZCAymdW/VTBaDUAhKSPpAGcVl8VxHUs=", "192.0.2.7", added);
        var named = nameless with { Hostname = "excavator", Fqdn = "excavator.alpha.fleet.example.com" };
        var ops = new FleetOperator("ops", "session", "192.0.2.7");
        var began = new DateTimeOffset(2026, 11, 28, 8, 0, 0, TimeSpan.Zero);
        FleetEvent[] events =
        [
            new StartupEvent("0.1.0") { Stamp = new("evt_01a2034735b87f0d8ee2d6a0c5fb1c02", 3, added.AddMicroseconds(-2024984)) },
            new ClientAdded(nameless) { Stamp = new("evt_01a203473da77c4f9b1d0a5e6a2f4411", 4, added) },
            new ClientHostnameChanged(named, "digger") { Stamp = new("evt_01a203473fa0745bb6170b4151f98b83", 5, added.AddMicroseconds(587605)) },
            new ClientRemoved(named, "stale") { Stamp = new("evt_01a203669c1e7aa2a3c8d07f3b6e9d15", 6, added.AddMicroseconds(2054908894)) },
            new ClientOnline(named) { Stamp = new("evt_01a203475e1b7c0d9d2f6b8a4c3e1f70", 7, added.AddMicroseconds(12400000)) },
            new ClientOffline(named, added.AddMicroseconds(1845000000)) { Stamp = new("evt_01a20363b7a27d5e8f1a2c3b4d5e6f71", 8, added.AddMicroseconds(2030000000)) },
            new ClientImageChanged(Says("6.12.57"), "2026.11.20") { Stamp = new("evt_01a2036500000000a11b2c3d4e5f6071", 9, added.AddMicroseconds(2060000000)) },
            new ClientFactsChanged(Says("6.12.60")) { Stamp = new("evt_01a2036500000000a11b2c3d4e5f6072", 10, added.AddMicroseconds(2070000000)) },
            new ClientAddressChanged(named with { Address4 = IPAddress.Parse("10.7.0.23") }) { Stamp = new("evt_01a2036500000000a11b2c3d4e5f6074", 10, added.AddMicroseconds(2075000000)) },
            new ClientTagsChanged(named with { Tags = new Dictionary<string, string> { ["room"] = "e14" } }, new Dictionary<string, string> { ["room"] = "e13" })
            {
                Stamp = new("evt_01a2036500000000a11b2c3d4e5f6073", 10, added.AddMicroseconds(2080000000)), Operator = ops,
            },
            new ClientCloned(named, ["192.0.2.7:51820", "192.0.2.8:51820"], ["9f86d081884c7d65", "60303ae22b998861"])
            {
                Stamp = new("evt_01a20364f1c9702a8b6d4e5f60718295", 13, began.AddMinutes(10).AddMicroseconds(145416)),
            },
            new FleetRepaired("alpha", "it listens on UDP port 40000 instead of 51820; it is down") { Stamp = new("evt_01a20364f1c9702a8b6d4e5f60718293", 11, added.AddMicroseconds(2090000000)) },
            new FleetPhaseChanged("alpha", "contest", null, began.AddHours(5)) { Stamp = new("evt_01a20364f1c9702a8b6d4e5f60718294", 12, began.AddMicroseconds(145416)) },
            new GatewayTookOver("gw2", 7, "expired") { Stamp = new("evt_01a20364f1c9702a8b6d4e5f60718297", 15, began.AddMicroseconds(145416)) },
            OperatorActed.By(ops, OperatorActs.HookPaused) with { Hook = "tell", Detail = "the disk moves", Stamp = new("evt_01a20364f1c9702a8b6d4e5f60718296", 14, began.AddMicroseconds(145416)) },
        ];

        // Written anew without blanks: what is left has the same members in the same order.
        Blocks("json").Select(Compact).ShouldBe(events.Select(e => Compact(Encoding.UTF8.GetString(EventEnvelope.Write(e, "fleet.example.com")))));

        // The acts of operators look alike: one stands for all.
        events.Select(e => e.Type).ShouldBe(EventTypes.All.Where(type => EventTypes.Find(type)!.Record != typeof(OperatorActed) || type == OperatorActs.HookPaused));

        Client Says(string kernel) => named with { Facts = new Dictionary<string, string> { ["image"] = "2026.11.27", ["kernel"] = kernel } };
    }

    [Fact]
    public void A_replayed_event_is_marked_as_the_page_says()
    {
        var e = new StartupEvent("1") { Stamp = new("evt_1", 1, DateTimeOffset.UnixEpoch), Replayed = true };

        Text.ShouldContain("`\"replayed\":true` stands\nbefore `datacontenttype`");
        Encoding.UTF8.GetString(EventEnvelope.Write(e, "example.test")).ShouldContain("\"replayed\":true,\"datacontenttype\"");
    }

    [Fact]
    public void Every_test_that_the_page_names_exists()
    {
        var page = Text[Text.IndexOf("## What you can rely on", StringComparison.Ordinal)..Text.IndexOf("## Hooks in C#", StringComparison.Ordinal)];
        var rows = page.Split('\n').Where(l => l.StartsWith("| **", StringComparison.Ordinal)).ToList();
        var named = TestName().Matches(page).Select(m => m.Groups[1].Value).ToList();

        rows.Count.ShouldBeGreaterThan(15);
        rows.Where(r => !TestName().IsMatch(r)).ShouldBeEmpty("a promise without a test");
        named.Except(Tests()).ShouldBeEmpty();
        TestClass().Matches(Text).Select(m => m.Groups[1].Value).Except(Tests().Select(t => t.Split('.')[0])).ShouldBeEmpty();
    }

    [Fact]
    public void Every_test_that_the_page_on_access_names_exists()
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs/access.md"));
        var rows = page[page.IndexOf("## What you can rely on", StringComparison.Ordinal)..].Split('\n').Where(l => l.StartsWith("| ", StringComparison.Ordinal) && !l.StartsWith("| |", StringComparison.Ordinal)).ToList();

        rows.Count.ShouldBeGreaterThan(15);
        rows.Where(r => !TestName().IsMatch(r)).ShouldBeEmpty("a promise without a test");
        TestName().Matches(page).Select(m => m.Groups[1].Value).Except(Tests()).ShouldBeEmpty();
    }

    [Fact]
    public void Every_link_between_pages_has_a_target()
    {
        var pages = Directory.GetFiles(Path.Combine(Root(), "docs"), "*.md").ToDictionary(p => Path.GetFileName(p), File.ReadAllText);
        foreach (var (name, text) in pages)
        {
            foreach (Match link in Link().Matches(Fence().Replace(text, "")))
            {
                var page = link.Groups[1].Value is { Length: > 0 } other ? other : name;
                pages.ShouldContainKey(page, $"{name} links to {link.Value}");
                if (link.Groups[2].Success)
                    Headings(pages[page]).ShouldContain(link.Groups[2].Value, $"{name} links to {link.Value}");
            }
        }
    }

    /// <summary>The blocks of a language that the page shows.</summary>
    internal static List<string> Blocks(string language) =>
        [.. Fence().Matches(Text).Where(m => m.Groups[1].Value == language).Select(m => m.Groups[2].Value)];

    private static string Compact(string json) => JsonNode.Parse(json)!.ToJsonString();

    /// <summary>Class and name of every test of the repository.</summary>
    private static HashSet<string> Tests() =>
    [
        .. Directory.GetFiles(Path.Combine(Root(), "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .SelectMany(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>())
            .Where(m => m.AttributeLists.SelectMany(l => l.Attributes).Any(a => a.Name.ToString() is "Fact" or "Theory"))
            .Select(m => $"{((TypeDeclarationSyntax)m.Parent!).Identifier.Text}.{m.Identifier.Text}"),
    ];

    // As the sites that show Markdown make them.
    private static IEnumerable<string> Headings(string page) =>
        Heading().Matches(Fence().Replace(page, "")).Select(m => NoAnchor().Replace(m.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'));

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

    /// <summary>The folder of the repository.</summary>
    internal static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "WgFleet.slnx")))
            folder = Path.GetDirectoryName(folder)!;

        return folder;
    }

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"`([A-Z]\w+Tests\.\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"`([A-Z]\w+Tests)`")]
    private static partial Regex TestClass();

    [GeneratedRegex(@"\]\((\w+\.md|)(?:#([\w-]+))?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w -]")]
    private static partial Regex NoAnchor();

    [GeneratedRegex(@"^    ((?:Registered hook|Hook \d).*)$", RegexOptions.Multiline)]
    private static partial Regex ShownLines();
}
