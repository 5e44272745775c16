using System.IO.Enumeration;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace WgFleet.Tests;

/// <summary>Holds the source to the rooms that docs/architecture.md describes: no circles, folders and files of a size that is read at once.</summary>
public partial class ArchitectureTests
{
    private const int MaxLines = 300;
    private const int MaxFiles = 22;

    private static readonly string Root = Path.GetFullPath(Path.Combine(Here(), "../.."));
    private static readonly string[] Projects = ["src/WgFleet", "src/WgFleet.WireGuard", "src/WgFleet.Hooks"];

    public static TheoryData<string> ShippedProjects => new(Projects);

    [Theory]
    [MemberData(nameof(ShippedProjects))]
    public void No_two_folders_use_each_other_at_any_level(string project) => SourceTree.Load(Path.Combine(Root, project)).Circles().ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(ShippedProjects))]
    public void A_folder_is_a_namespace(string project) => SourceTree.Load(Path.Combine(Root, project)).MisplacedNamespaces().ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(ShippedProjects))]
    public void A_folder_holds_at_most_22_files(string project) =>
        SourceTree.Load(Path.Combine(Root, project)).Folders().Where(f => f.Files > MaxFiles).Select(f => $"{f.Name} has {f.Files} files").ShouldBeEmpty();

    [Fact]
    public void The_rooms_stand_in_the_documentation_in_an_order_in_which_each_uses_only_those_before_it()
    {
        var tree = SourceTree.Load(Path.Combine(Root, "src/WgFleet"));
        var documented = DocumentedRooms();

        documented.Order().ShouldBe(tree.Folders().Select(f => f.Name.Split('/')[0]).Where(n => n.Length > 0).Distinct().Order());
        tree.UsesBetweenRooms().Where(u => documented.IndexOf(u.User) < documented.IndexOf(u.Used))
            .Select(u => $"{u.File} uses {u.Type} of {u.Used}, which comes after {u.User}").ShouldBeEmpty();
    }

    [Fact]
    public void The_tests_of_a_room_are_in_a_directory_of_the_same_name()
    {
        var tests = Path.Combine(Root, "tests/WgFleet.Tests");
        var directories = SourceTree.Load(tests).Folders().Select(f => f.Name).Where(name => name is not ("" or "Harness")).ToList();

        directories.Count.ShouldBeGreaterThan(20);
        directories.Where(name => !Directory.Exists(Path.Combine(Root, "src/WgFleet", name)) && !Directory.Exists(Path.Combine(Root, $"src/WgFleet.{name.Replace('/', '.')}")))
            .ShouldBeEmpty();
        SourceTree.Load(tests).MisplacedNamespaces().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Http")]
    [InlineData("Dashboard")]
    [InlineData("Queries")]
    [InlineData("Access")]
    [InlineData("Hooks/Admin/HookAdmin")]
    public void No_request_reads_the_database_on_its_own_thread(string place)
    {
        var graph = new CallGraph(SourceTree.Load(Path.Combine(Root, "src/WgFleet")).Compilation);

        graph.WaysTo(IsBlockingRead).Where(way => FileOf(way[0]).StartsWith(place, StringComparison.Ordinal) && !IsAtStart(way[0]))
            .Select(way => string.Join(" -> ", way.Select(s => $"{s.ContainingType.Name}.{s.Name}"))).ShouldBeEmpty();

        // The loops of hooks do, so the graph finds it.
        graph.WaysTo(IsBlockingRead).Any(way => FileOf(way[0]).StartsWith("Hooks/Deliveries/DeliveryWorker", StringComparison.Ordinal)).ShouldBeTrue();

        static bool IsBlockingRead(ISymbol member) => member is { ContainingType.Name: "Database", Name: "Read" or "Load" };

        // What is read once when the server starts.
        static bool IsAtStart(ISymbol member) => member is { ContainingType.Name: "TokenRegistry" or "ApprovalDesk", Name: ".ctor" };

        static string FileOf(ISymbol member) => member.DeclaringSyntaxReferences[0].SyntaxTree.FilePath;
    }

    [Fact]
    public void Every_test_that_the_documentation_promises_exists()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*Tests.cs", SearchOption.AllDirectories).Select(f => Path.GetFileNameWithoutExtension(f)).ToList();
        var promised = Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)
            .SelectMany(f => TestName().Matches(File.ReadAllText(f))).Select(m => m.Groups[1].Value).ToList();

        promised.Count.ShouldBeGreaterThan(20);
        promised.Where(name => !files.Exists(f => FileSystemName.MatchesSimpleExpression(name, f))).ShouldBeEmpty();
    }

    [Fact]
    public void Every_decision_has_a_number_of_its_own_that_its_title_repeats()
    {
        var decisions = Directory.EnumerateFiles(Path.Combine(Root, "docs/decisions"), "*.md").Select(f => (Number: int.Parse(Path.GetFileName(f)[..4]), Title: File.ReadLines(f).First())).ToList();

        decisions.Select(d => d.Number).ShouldBeUnique();
        decisions.Where(d => !d.Title.StartsWith($"# {d.Number}. ", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void No_file_is_longer_than_300_lines()
    {
        var files = SourceTree.FilesBelow(Path.Combine(Root, "src")).Concat(SourceTree.FilesBelow(Path.Combine(Root, "bench")));
        files.Select(f => (Name: Path.GetRelativePath(Root, f), Lines: File.ReadLines(f).Count())).Where(f => f.Lines > MaxLines)
            .Select(f => $"{f.Name} has {f.Lines} lines").ShouldBeEmpty();
    }

    // See Linux/ChildSignal.cs: after it .NET's Process would wait for ever, and without it .NET takes the exit status of our programs.
    [Fact]
    public void No_program_is_started_by_the_Process_of_dotnet() => SourceTree.FilesBelow(Path.Combine(Root, "src"))
        .Where(f => File.ReadAllText(f) is var text && (text.Contains("ProcessStartInfo", StringComparison.Ordinal) || text.Contains("Process.Start(", StringComparison.Ordinal)))
        .ShouldBeEmpty();

    [Theory]
    [InlineData("A/X.cs", "namespace P.A; class X { P.B.Y? y; }", "B/Y.cs", "namespace P.B; class Y { P.A.X? x; }", "circle: A, B (A/X.cs uses Y; B/Y.cs uses X)")]
    [InlineData("A/X.cs", "namespace P.A; class X { B.Y? y; }", "A/B/Y.cs", "namespace P.A.B; class Y { X? x; }", "circle in A: ., B (A/X.cs uses Y; A/B/Y.cs uses X)")]
    [InlineData("X.cs", "namespace P; static class X { public static int Two(this A.Y y) => 2; }", "A/Y.cs", "namespace P.A; class Y { int T => this.Two(); }", "circle: ., A (X.cs uses Y; A/Y.cs uses X)")]
    [InlineData("A/X.cs", "namespace P.A; class X { P.B.Y? y; }", "B/Page.cshtml", "@using P.A\n<p>@X.Name</p>", null)]
    public void A_planted_circle_is_found(string path, string text, string otherPath, string otherText, string? circle)
    {
        var circles = SourceTree.Of(("P", path, text), ("P", otherPath, otherText)).Circles();

        if (circle is null)
            circles.ShouldBeEmpty();
        else
            circles.ShouldBe([circle]);
    }

    [Fact]
    public void A_page_uses_what_its_text_names()
    {
        var tree = SourceTree.Of(("P", "A/X.cs", "namespace P.A; class X { B.Y? y; }"), ("P", "B/Y.cs", "namespace P.B; class Y;"), ("P", "B/Page.cshtml", "@using P.A\n<p>@X.Name</p>"));

        tree.Circles().ShouldBe(["circle: A, B (A/X.cs uses Y; B/Page.cshtml uses X)"]);
    }

    private static List<string> DocumentedRooms() =>
    [
        .. File.ReadLines(Path.Combine(Root, "docs/architecture.md"))
            .SkipWhile(l => !l.StartsWith("    Linux", StringComparison.Ordinal)).TakeWhile(l => l.StartsWith("    ", StringComparison.Ordinal))
            .Where(l => char.IsUpper(l[4])).Select(l => l.Trim().Split(' ')[0]),
    ];

    [GeneratedRegex(@"`(?:\w+/)*([\w*]*Tests)`")]
    private static partial Regex TestName();

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
