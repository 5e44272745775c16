using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace WgFleet.Tests;

/// <summary>Holds the source to the order of its folders, and its files to a length that is read at once.</summary>
public class ArchitectureTests
{
    private const int MostLines = 300;

    // The order in which data flows. A folder uses those before it.
    private static readonly string[] Order = ["Linux", "Hosting", "Config", "Metrics", "Store", "Events", "Tunnels", "Fleets", "History", "Hooks", "Access", "Queries", "Http", "Dashboard", "Cli"];

    private static readonly string Root = Path.GetFullPath(Path.Combine(Here(), "../.."));

    [Fact]
    public void A_folder_of_the_server_uses_only_the_folders_before_it() =>
        Violations(Sources(Path.Combine(Root, "src/WgFleet"))).ShouldBeEmpty();

    [Fact]
    public void Every_folder_of_the_server_has_its_place_in_the_order() =>
        Sources(Path.Combine(Root, "src/WgFleet")).Select(s => FolderOf(s.Path)).OfType<string>().Distinct().Order()
            .ShouldBe(Order.Order());

    [Theory]
    [InlineData("Store/A.cs", "using WgFleet.Fleets;", "Store/A.cs uses Fleets, which comes after it")]
    [InlineData("Config/A.cs", "namespace X { using WgFleet.Store; }", "Config/A.cs uses Store, which comes after it")]
    [InlineData("Http/A.cs", "global using static WgFleet.Cli.ExitCode;", "Http/A.cs uses Cli, which comes after it")]
    [InlineData("Fleets/A.cs", "using Alias = WgFleet.Http.Answer;", "Fleets/A.cs uses Http, which comes after it")]
    [InlineData("Tunnels/A.cs", "class A { WgFleet.Fleets.Writer? w; }", "Tunnels/A.cs uses Fleets, which comes after it")]
    [InlineData("Tunnels/A.cs", "class A { Fleets.Writer? w; }", "Tunnels/A.cs uses Fleets, which comes after it")]
    [InlineData("Fleets/A.cs", "using WgFleet.Hooks; class A { HookEngine? e; }", "Fleets/A.cs uses HookEngine of Hooks, which comes after it")]
    [InlineData("Fleets/A.cs", "class A { WgFleet.Hooks.HookEngine? e; }", "Fleets/A.cs uses HookEngine of Hooks, which comes after it")]
    [InlineData("Dashboard/Page.razor", "@using WgFleet.Cli\n<p>@x</p>", "Dashboard/Page.razor uses Cli, which comes after it")]
    public void A_planted_violation_is_found(string path, string text, string violation) =>
        Violations([new("Hooks/HookEngine.cs", "namespace WgFleet.Hooks; internal sealed class HookEngine;"), new(path, text)]).ShouldBe([violation]);

    [Theory]
    [InlineData("Fleets/A.cs", "using WgFleet.Hooks; class A { ClientAdded? e; }")]
    [InlineData("Http/A.cs", "using WgFleet.Hooks; class A { HookEngine? e; }")]
    [InlineData("Config/A.cs", "class A { string HookEngine => \"\"; }")]
    [InlineData("Store/A.cs", "/// <summary>Not WgFleet.Fleets.</summary>\nclass A { string s = \"using WgFleet.Cli;\"; }")]
    [InlineData("Server.cs", "using WgFleet.Cli;")]
    public void What_is_allowed_is_not_found(string path, string text) =>
        Violations([new("Hooks/HookEngine.cs", "namespace WgFleet.Hooks; internal sealed class HookEngine;"), new(path, text)]).ShouldBeEmpty();

    [Fact]
    public void No_file_is_longer_than_300_lines() =>
        TooLong([.. Sources(Path.Combine(Root, "src")), .. Sources(Path.Combine(Root, "bench"))]).ShouldBeEmpty();

    [Fact]
    public void A_planted_long_file_is_found()
    {
        TooLong([new("Long.cs", string.Concat(Enumerable.Repeat("// a line\n", MostLines)))]).ShouldBeEmpty();
        TooLong([new("Long.cs", string.Concat(Enumerable.Repeat("// a line\n", MostLines + 1)))]).ShouldBe(["Long.cs has 301 lines"]);
    }

    private static IEnumerable<string> TooLong(IEnumerable<Source> sources) =>
        from source in sources
        let lines = source.Text.AsSpan().Count('\n')
        where lines > MostLines
        select $"{source.Path} has {lines} lines";

    private static IEnumerable<string> Violations(IReadOnlyList<Source> sources)
    {
        // WgFleet.Hooks is also the namespace of the library that hook authors see, whose events all may use: only
        // the types that the folder itself declares count.
        var engine = sources.Where(s => FolderOf(s.Path) == "Hooks").SelectMany(s => Declared(s.Text)).ToHashSet();
        foreach (var source in sources)
        {
            var place = Array.IndexOf(Order, FolderOf(source.Path));
            if (place < 0)
                continue;

            var root = Parse(source);
            var folders = Folders(root).Distinct().ToList();
            foreach (var folder in folders.Where(f => f != "Hooks" && Array.IndexOf(Order, f) > place))
                yield return $"{source.Path} uses {folder}, which comes after it";

            if (place >= Array.IndexOf(Order, "Hooks") || !folders.Contains("Hooks"))
                continue;

            foreach (var name in root.DescendantNodes().OfType<SimpleNameSyntax>().Select(n => n.Identifier.Text).Where(engine.Contains).Distinct())
                yield return $"{source.Path} uses {name} of Hooks, which comes after it";
        }
    }

    /// <summary>The folders a file names: in a using of any kind, or in front of a type.</summary>
    private static IEnumerable<string> Folders(SyntaxNode root)
    {
        var names = root.DescendantNodes().Where(n => n is NameSyntax or MemberAccessExpressionSyntax).Select(n => n.ToString());
        foreach (var parts in names.Select(n => n.Split('.')).Where(p => p.Length > 1))
        {
            if (parts[0] == "WgFleet" && Order.Contains(parts[1]))
                yield return parts[1];
            else if (Order.Contains(parts[0]) && char.IsUpper(parts[1][0]) && IsQualifier(root, parts[0]))
                yield return parts[0];
        }
    }

    // Config.Name may as well be a property Config: only where no member of the file has that name is it a namespace.
    private static bool IsQualifier(SyntaxNode root, string name) =>
        !root.DescendantTokens().Any(t => t.Text == name && t.Parent is PropertyDeclarationSyntax or ParameterSyntax or VariableDeclaratorSyntax)
        && root.DescendantNodes().OfType<QualifiedNameSyntax>().Any(q => q.Left.ToString() == name);

    private static IEnumerable<string> Declared(string text) =>
        CSharpSyntaxTree.ParseText(text).GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
            .Where(t => t.Parent is BaseNamespaceDeclarationSyntax).Select(t => t.Identifier.Text);

    private static SyntaxNode Parse(Source source)
    {
        // Of a page its usings are enough: they are what names a folder there.
        var text = Path.GetExtension(source.Path) == ".razor"
            ? string.Join('\n', source.Text.Split('\n').Where(l => l.StartsWith("@using ", StringComparison.Ordinal)).Select(l => l[1..].Trim() + ";"))
            : source.Text;
        return CSharpSyntaxTree.ParseText(text).GetRoot();
    }

    private static string? FolderOf(string path) => path.Split('/') is [var folder, _, ..] ? folder : null;

    private static List<Source> Sources(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*.*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f) is ".cs" or ".razor" && !f.Contains("/obj/") && !f.Contains("/bin/"))
            .Select(f => new Source(Path.GetRelativePath(folder, f), File.ReadAllText(f))),
    ];

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    private sealed record Source(string Path, string Text);
}
