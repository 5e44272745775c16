using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace WgFleet.Tests;

/// <summary>
/// The sources of one project, and which folder uses types of which other. C# files are compiled, so a use is what the compiler
/// resolves; a page (.cshtml, .razor) uses the types its text names from the namespaces it imports.
/// </summary>
internal sealed partial class SourceTree
{
    private static readonly ConcurrentDictionary<string, SourceTree> Loaded = [];

    private readonly List<(string Path, string Text)> _files;
    private readonly string _rootNamespace;
    private readonly Lazy<CSharpCompilation> _compilation;
    private readonly Lazy<IReadOnlyList<Use>> _uses;

    private SourceTree(string rootNamespace, IEnumerable<(string Path, string Text)> files)
    {
        (_rootNamespace, _files) = (rootNamespace, [.. files]);
        _compilation = new(Compile);
        _uses = new(FindUses);
    }

    /// <summary>The C# files, compiled. The paths of the syntax trees are relative to the project.</summary>
    public CSharpCompilation Compilation => _compilation.Value;

    /// <summary>One file of <paramref name="User"/> names a type that a file of <paramref name="Used"/> declares; both are folders, "" is the root.</summary>
    public sealed record Use(string File, string Type, string User, string Used);

    /// <summary>The sources below a directory; loaded once, since resolving its uses compiles all of it.</summary>
    public static SourceTree Load(string directory) => Loaded.GetOrAdd(directory, static directory =>
        new(Path.GetFileName(directory), FilesBelow(directory).Select(f => (Path.GetRelativePath(directory, f), File.ReadAllText(f)))));

    public static SourceTree Of(params (string Namespace, string Path, string Text)[] files) => new(files[0].Namespace, files.Select(f => (f.Path, f.Text)));

    public static IEnumerable<string> FilesBelow(string directory) =>
        Directory.EnumerateFiles(directory, "*.*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f) is ".cs" or ".razor" or ".cshtml" && !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    public IEnumerable<(string Name, int Files)> Folders() => _files.GroupBy(f => FolderOf(f.Path)).Select(g => (g.Key, g.Count()));

    public IEnumerable<string> MisplacedNamespaces() =>
        from file in _files
        where file.Path.EndsWith(".cs", StringComparison.Ordinal)
        from found in CSharpSyntaxTree.ParseText(file.Text).GetRoot().DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
        let expected = NamespaceOf(FolderOf(file.Path))
        where found.Name.ToString() != expected
        select $"{file.Path} declares {found.Name}, not {expected}";

    public IEnumerable<Use> UsesBetweenRooms() =>
        _uses.Value.Select(u => u with { User = u.User.Split('/')[0], Used = u.Used.Split('/')[0] }).Where(u => u.User != u.Used && u.User.Length > 0 && u.Used.Length > 0);

    /// <summary>At each level the folders that use each other in a circle; the files at a folder's own level count as a folder named ".".</summary>
    public IReadOnlyList<string> Circles()
    {
        var circles = new List<string>();
        var levels = _files.Select(f => FolderOf(f.Path)).SelectMany(Ancestors).Distinct().Order(StringComparer.Ordinal);
        foreach (var level in levels)
        {
            var edges = new Dictionary<(string From, string To), Use>();
            foreach (var use in _uses.Value.Where(u => IsWithin(u.User, level) && IsWithin(u.Used, level)))
            {
                var (from, to) = (Child(use.User, level), Child(use.Used, level));
                if (from != to)
                    edges.TryAdd((from, to), use);
            }

            circles.AddRange(Components(edges.Keys).Select(c => Describe(level, c, edges)));
        }

        return circles;
    }

    private static string Describe(string level, ImmutableArray<string> folders, Dictionary<(string From, string To), Use> edges) =>
        $"circle{(level.Length > 0 ? $" in {level}" : "")}: {string.Join(", ", folders)} ("
        + string.Join("; ", edges.Where(e => folders.Contains(e.Key.From) && folders.Contains(e.Key.To)).Select(e => $"{e.Value.File} uses {e.Value.Type}")) + ")";

    /// <summary>Groups of folders each of which reaches all others of its group; single ones are left out.</summary>
    private static IEnumerable<ImmutableArray<string>> Components(IEnumerable<(string From, string To)> edges)
    {
        var next = edges.ToLookup(e => e.From, e => e.To);
        var reach = next.Select(g => g.Key).ToDictionary(n => n, n => Reachable(n, next));
        return reach.Keys.Where(n => reach[n].Contains(n))
            .Select(n => reach[n].Where(m => reach.TryGetValue(m, out var back) && back.Contains(n)).Order(StringComparer.Ordinal).ToImmutableArray())
            .DistinctBy(c => string.Join('\n', c));
    }

    private static HashSet<string> Reachable(string start, ILookup<string, string> next)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>(next[start]);
        while (open.TryPop(out var node))
        {
            if (!seen.Add(node))
                continue;

            foreach (var further in next[node])
                open.Push(further);
        }

        return seen;
    }

    private CSharpCompilation Compile()
    {
        var trees = _files.Where(f => f.Path.EndsWith(".cs", StringComparison.Ordinal)).Select(f => CSharpSyntaxTree.ParseText(f.Text, path: f.Path)).Append(CSharpSyntaxTree.ParseText(ImplicitUsings));
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':')
            .Where(p => Path.GetFileNameWithoutExtension(p) is var name && name != "wg-fleet" && name != _rootNamespace)
            .Select(p => MetadataReference.CreateFromFile(p));
        return CSharpCompilation.Create("sources", trees, references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
    }

    private List<Use> FindUses()
    {
        var compilation = Compilation;
        var uses = new HashSet<Use>();
        foreach (var tree in compilation.SyntaxTrees.Where(t => t.FilePath.Length > 0))
        {
            var model = compilation.GetSemanticModel(tree);
            foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                var symbol = model.GetSymbolInfo(name).Symbol ?? model.GetSymbolInfo(name).CandidateSymbols.FirstOrDefault();
                if ((symbol as INamedTypeSymbol ?? (symbol is IMethodSymbol { ReducedFrom: { } extension } ? extension : symbol)?.ContainingType) is { } type)
                    Add(type.OriginalDefinition, tree.FilePath);
            }
        }

        uses.UnionWith(_files.Where(f => !f.Path.EndsWith(".cs", StringComparison.Ordinal)).SelectMany(page => UsesOfPage(page, compilation)));
        return [.. uses];

        void Add(INamedTypeSymbol type, string user)
        {
            if (type.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree.FilePath is { Length: > 0 } declared && FolderOf(declared) != FolderOf(user))
                uses.Add(new Use(user, type.Name, FolderOf(user), FolderOf(declared)));
        }
    }

    private IEnumerable<Use> UsesOfPage((string Path, string Text) page, CSharpCompilation compilation)
    {
        var imports = _files.Where(f => Path.GetFileName(f.Path) is "_Imports.razor" or "_ViewImports.cshtml" && page.Path.StartsWith(FolderOf(f.Path), StringComparison.Ordinal));
        var namespaces = imports.Append(page).SelectMany(f => Imported().Matches(f.Text)).Select(m => m.Groups[1].Value).Append(NamespaceOf(FolderOf(page.Path))).ToHashSet();
        var names = TypeName().Matches(page.Text).Select(m => m.Value).ToHashSet();
        return compilation.GetSymbolsWithName(names.Contains, SymbolFilter.Type).OfType<INamedTypeSymbol>()
            .Where(t => namespaces.Contains(t.ContainingNamespace.ToDisplayString()))
            .Select(t => new Use(page.Path, t.Name, FolderOf(page.Path), FolderOf(t.DeclaringSyntaxReferences[0].SyntaxTree.FilePath)))
            .Where(u => u.User != u.Used);
    }

    private string NamespaceOf(string folder) => folder.Length == 0 ? _rootNamespace : $"{_rootNamespace}.{folder.Replace('/', '.')}";

    private static string FolderOf(string path) => Path.GetDirectoryName(path) ?? "";

    private static IEnumerable<string> Ancestors(string folder)
    {
        for (var name = folder; name.Length > 0; name = Path.GetDirectoryName(name) ?? "")
            yield return name;

        yield return "";
    }

    private static bool IsWithin(string folder, string level) => level.Length == 0 || folder == level || folder.StartsWith(level + "/", StringComparison.Ordinal);

    private static string Child(string folder, string level) => folder == level ? "." : folder[(level.Length == 0 ? 0 : level.Length + 1)..].Split('/')[0];

    [GeneratedRegex(@"^@using ([\w.]+)\s*$", RegexOptions.Multiline)]
    private static partial Regex Imported();

    [GeneratedRegex(@"\b[A-Z]\w*\b")]
    private static partial Regex TypeName();

    private const string ImplicitUsings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Net.Http.Json;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;
}
