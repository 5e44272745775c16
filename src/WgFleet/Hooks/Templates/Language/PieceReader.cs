using System.Text.RegularExpressions;

namespace WgFleet.Hooks.Templates.Language;

/// <summary>Splits a template into text and tags, and removes the white space that the language leaves out.</summary>
internal static partial class PieceReader
{
    private const string Blanks = " \t";

    /// <summary>All pieces of a template in order, without comments.</summary>
    /// <exception cref="LanguageException">A tag is not closed.</exception>
    public static IReadOnlyList<Piece> Read(string text)
    {
        var tags = Tags(text);
        var pieces = new List<Piece>();
        for (var i = 0; i <= tags.Count; i++)
        {
            var (start, end) = (i == 0 ? 0 : tags[i - 1].End, i == tags.Count ? text.Length : tags[i].Start);
            var plain = text[start..end];
            if (i > 0)
                plain = AfterTag(plain, tags[i - 1].TrimsAfter, StandsAlone(text, tags, i - 1));
            if (i < tags.Count)
                plain = BeforeTag(plain, tags[i].TrimsBefore, StandsAlone(text, tags, i));

            // \{{x}} writes {{x}}: the backslash goes, and so does the first of two.
            if (i < tags.Count && plain.EndsWith("\\\\", StringComparison.Ordinal))
                plain = plain[..^1];
            if (plain.Length > 0)
                pieces.Add(new Piece(PieceKind.Text, Escaped().Replace(plain, "{{"), 0));
            if (i < tags.Count && tags[i].Kind != PieceKind.Comment)
                pieces.Add(new Piece(tags[i].Kind, tags[i].Body, tags[i].Line));
        }

        return pieces;
    }

    private static List<Tag> Tags(string text)
    {
        var tags = new List<Tag>();
        var (at, counted, line) = (0, 0, 1);
        while ((at = text.IndexOf("{{", at, StringComparison.Ordinal)) >= 0)
        {
            line += text.AsSpan(counted, at - counted).Count('\n');
            counted = at;
            if (IsEscaped(text, at))
            {
                at += 2;
                continue;
            }

            var match = Format().Match(text, at);
            if (!match.Success)
                throw new LanguageException(line, "the expression is not closed with }}");

            var body = match.Groups["body"].Value.Trim();
            tags.Add(new Tag(KindOf(match.Groups["sign"].Value, body), body, at, at + match.Length, line, match.Groups["before"].Success, match.Groups["after"].Success));
            at += match.Length;
        }

        return tags;
    }

    private static bool IsEscaped(string text, int at) => at > 0 && text[at - 1] == '\\' && !(at > 1 && text[at - 2] == '\\');

    private static PieceKind KindOf(string sign, string body) => sign switch
    {
        "#" or "#*" => PieceKind.Open,
        "^" when body.Length > 0 => PieceKind.OpenInverse,
        "^" => PieceKind.Else,
        "/" => PieceKind.Close,
        ">" => PieceKind.Partial,
        "!" => PieceKind.Comment,
        "" when body == "else" || body.StartsWith("else ", StringComparison.Ordinal) => PieceKind.Else,
        _ => PieceKind.Output,
    };

    /// <summary>Whether nothing but white space shares the lines of a tag that writes nothing itself; then the file has no such line.</summary>
    private static bool StandsAlone(string text, List<Tag> tags, int index)
    {
        var tag = tags[index];
        if (tag.Kind == PieceKind.Output)
            return false;

        var (from, to) = (index == 0 ? 0 : tags[index - 1].End, index + 1 == tags.Count ? text.Length : tags[index + 1].Start);
        var before = text.AsSpan(from, tag.Start - from).TrimEnd(Blanks);
        var after = text.AsSpan(tag.End, to - tag.End).TrimStart(Blanks);
        return (before.EndsWith("\n") || (before.IsEmpty && from == 0)) && (after.StartsWith("\n") || after.StartsWith("\r\n") || (after.IsEmpty && to == text.Length));
    }

    private static string AfterTag(string plain, bool trims, bool alone)
    {
        if (trims || !alone)
            return trims ? plain.TrimStart() : plain;

        var lineEnd = plain.IndexOf('\n', StringComparison.Ordinal);
        return lineEnd < 0 ? "" : plain[(lineEnd + 1)..];
    }

    private static string BeforeTag(string plain, bool trims, bool alone) => trims ? plain.TrimEnd() : alone ? plain.TrimEnd(Blanks.ToCharArray()) : plain;

    // What stands between the braces may have }} in quotes. A comment may have anything but its end.
    [GeneratedRegex("""
        \G\{\{(?<before>~)?(?:
            (?<sign>!)--(?<body>.*?)--(?<after>~)?\}\}
          | (?<sign>!)(?<body>.*?)(?<after>~)?\}\}
          | \{(?<body>(?:"[^"]*"|'[^']*'|[^{}"'])*)\}(?<after>~)?\}\}
          | (?<sign>[\#^/>&]?\*?)(?<body>(?:"[^"]*"|'[^']*'|[^{}"'])*?)(?<after>~)?\}\}
        )
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Format();

    [GeneratedRegex(@"\\\{\{", RegexOptions.CultureInvariant)]
    private static partial Regex Escaped();

    private sealed record Tag(PieceKind Kind, string Body, int Start, int End, int Line, bool TrimsBefore, bool TrimsAfter);
}
