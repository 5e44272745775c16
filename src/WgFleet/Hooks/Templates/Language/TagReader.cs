using System.Globalization;
using System.Text.RegularExpressions;

namespace WgFleet.Hooks.Templates.Language;

/// <summary>Reads what stands between the braces of one tag, word by word.</summary>
internal sealed partial class TagReader
{
    private readonly int _line;
    private readonly List<string> _words;
    private int _at;

    /// <param name="text">What stands between the braces.</param>
    /// <param name="line">The tag's line, from 1.</param>
    public TagReader(string text, int line)
    {
        _line = line;
        _words = [.. Word().Matches(text).Select(match => match.Value)];
        if (_words.Count == 0)
            throw Wrong("there is nothing between {{ and }}");
    }

    private string? Next => _at < _words.Count ? _words[_at] : null;

    /// <summary>The value that a tag writes: a path, a literal, or a helper with its values.</summary>
    public Expression Output()
    {
        var expression = _words.Count > 1 || Call.IsHelper(_words[0]) ? CallUpTo(null) : Value();
        End();
        return expression;
    }

    /// <summary>The next word, as the name of a block, a helper or a partial.</summary>
    public string Name() => Next is { } word && _at++ >= 0 ? Unquoted(word) : throw Wrong("a name is missing");

    /// <summary>The next value.</summary>
    public Expression Value()
    {
        var word = Next ?? throw Wrong($"{_words[0]} takes a value, as in {{{{#{_words[0]} clients}}}}");
        _at++;
        if (word == "(")
        {
            var call = CallUpTo(")");
            _at++;
            return call;
        }

        return word switch
        {
            ['"' or '\'', ..] => new Literal(_line, Unquoted(word)),
            "true" or "false" => new Literal(_line, word == "true"),
            "null" or "undefined" => new Literal(_line, null),
            _ when long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => new Literal(_line, number),
            ")" or "|" or "=" => throw Wrong($"'{word}' is not expected here"),
            _ => PathOf(word),
        };
    }

    /// <summary>The names after "as", as in {{#each clients as |client index|}}; empty if there are none.</summary>
    public IReadOnlyList<string> NamesAfterAs()
    {
        if (Next != "as")
            return [];

        var names = _words.Skip(_at + 1).SkipWhile(word => word == "|").TakeWhile(word => word != "|").ToList();
        _at = _words.Count;
        return names;
    }

    /// <summary>The values by name of a partial, as in {{> row prefix="x"}}.</summary>
    public IReadOnlyDictionary<string, Expression> NamedValues()
    {
        var values = new Dictionary<string, Expression>();
        while (_at + 1 < _words.Count && _words[_at + 1] == "=")
        {
            var name = _words[_at];
            _at += 2;
            values[name] = Value();
        }

        return values;
    }

    /// <summary>Whether a value by name, or nothing, comes next.</summary>
    public bool IsAtNamedValues => _at >= _words.Count || (_at + 1 < _words.Count && _words[_at + 1] == "=");

    /// <exception cref="LanguageException">Something is left that the tag does not take.</exception>
    public void End()
    {
        if (Next is { } left)
            throw Wrong($"'{left}' is not expected here");
    }

    private Call CallUpTo(string? end)
    {
        var name = Name();
        var arguments = new List<Expression>();
        while (Next != end)
            arguments.Add(Next is null ? throw Wrong("a parenthesis is not closed") : Value());

        return new Call(_line, name, arguments);
    }

    private ValuePath PathOf(string word)
    {
        var isData = word[0] == '@';
        var rest = isData ? word[1..] : word;
        var up = 0;
        for (; rest == ".." || rest.StartsWith("../", StringComparison.Ordinal); up++)
            rest = rest.Length > 3 ? rest[3..] : "";

        var names = Segment().Matches(rest).Select(match => match.Value.Trim('[', ']')).ToList();
        if (names is ["this", ..] && !isData)
            names.RemoveAt(0);
        return isData && names.Count == 0 ? throw Wrong($"'{word}' is not a name") : new ValuePath(_line, word, up, isData, names);
    }

    private LanguageException Wrong(string text) => new(_line, text);

    private static string Unquoted(string word) => word is ['"' or '\'', ..] ? word[1..^1] : word;

    [GeneratedRegex("""
        "[^"]*" | '[^']*' | [()|=] | (?:\[[^\]]*\]|[^\s()|="'\[])+
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex(@"\[[^\]]*\]|[^./\[]+", RegexOptions.CultureInvariant)]
    private static partial Regex Segment();
}
