using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace WgFleet.Tests;

/// <summary>Holds texts to one word for one thing: the glossary in docs/architecture.md, and one spelling of each word.</summary>
public partial class GlossaryTests
{
    /// <summary>Words that no text uses, and the word to use instead.</summary>
    private static readonly (string Word, string Instead)[] Banned =
    [
        ("folders?", "directory"),
        ("stor(y|ies)", "history"),
        ("sweeps?", "prune"),
        ("put(s|ting)? back", "restore"),
        ("enrolments?", "enrollment"),
        ("signall(ed|ing)", "signaled, signaling"),
        ("recognis(e|ed|es|ing)", "recognize"),
        ("tokens? of (machines|operators)", "enrollment token, admin token"),
        ("(delivery|handler|projection) lanes?", "worker"),
        ("operators' socket", "admin socket"),
    ];

    private static readonly string Root = Path.GetFullPath(Path.Combine(Here(), "../.."));

    [Fact]
    public void No_page_uses_another_word_for_a_word_of_the_glossary()
    {
        var pages = Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Root, "*.md"))
            .SelectMany(file => File.ReadLines(file).Index().Select(line => (File: Path.GetRelativePath(Root, file), Line: line.Index + 1, Text: Code().Replace(line.Item, ""))))
            .ToList();

        pages.Count.ShouldBeGreaterThan(1000);
        Found(pages).ShouldBeEmpty();
    }

    [Fact]
    public void No_comment_or_message_of_the_program_uses_another_word_for_a_word_of_the_glossary() =>
        Found(SourceTree.FilesBelow(Path.Combine(Root, "src")).Where(f => f.EndsWith(".cs", StringComparison.Ordinal)).SelectMany(TextsOf)).ShouldBeEmpty();

    [Theory]
    [InlineData("""/// <summary>Reads a folder.</summary> class X;""", "use directory, not 'folder'")]
    [InlineData("""class X { string y = "the story of it"; }""", "use history, not 'story'")]
    [InlineData("""class X { string y = $"{1} sweeps"; }""", "use prune, not 'sweeps'")]
    [InlineData("""class HooksFolder { int Story; }""", null)]
    public void A_planted_word_is_found(string code, string? problem) =>
        Found(TextsOf("X.cs", code)).ShouldBe(problem is null ? [] : [$"X.cs:1: {problem}"]);

    private static IEnumerable<string> Found(IEnumerable<(string File, int Line, string Text)> texts) =>
        from text in texts
        from banned in Banned
        from Match match in Regex.Matches(text.Text, $@"(?<![\w/`.-])({banned.Word})(?![\w/`-])", RegexOptions.IgnoreCase)
        select $"{text.File}:{text.Line}: use {banned.Instead}, not '{match.Value}'";

    private static IEnumerable<(string File, int Line, string Text)> TextsOf(string file) => TextsOf(Path.GetRelativePath(Root, file), File.ReadAllText(file));

    /// <summary>The comments and string literals of a file.</summary>
    private static IEnumerable<(string File, int Line, string Text)> TextsOf(string file, string code)
    {
        var root = CSharpSyntaxTree.ParseText(code).GetRoot();
        var comments = root.DescendantTrivia().Where(t => !t.IsKind(SyntaxKind.WhitespaceTrivia) && !t.IsKind(SyntaxKind.EndOfLineTrivia)).Select(t => (t.GetLocation(), Text: t.ToFullString()));
        var strings = root.DescendantTokens().Where(t => t.ValueText.Contains(' ', StringComparison.Ordinal)).Select(t => (t.GetLocation(), t.Text));
        return comments.Concat(strings).SelectMany(t => t.Text.Split('\n').Index().Select(line => (file, t.Item1.GetLineSpan().StartLinePosition.Line + line.Index + 1, line.Item)));
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex Code();
}
