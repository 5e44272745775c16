namespace WgFleet.Tunnels;

/// <summary>One line of a wg-quick file, read as wg-quick reads it.</summary>
/// <param name="Number">The line's number, from 1.</param>
/// <param name="Text">The whole line with its line ending.</param>
/// <param name="Section">The heading that the line follows, "[Interface]" for example; empty before the first.</param>
/// <param name="Key">The text before "="; the heading itself, or the text of a line without "="; empty for a comment and a blank line.</param>
/// <param name="Value">The text between "=" and a comment; null without "=".</param>
/// <param name="ValueStart">Where the value begins in the text.</param>
internal sealed record WgQuickLine(int Number, string Text, string Section, string Key, string? Value, int ValueStart)
{
    /// <summary>True if the line is a heading.</summary>
    public bool IsHeading => Value is null && Key.StartsWith('[');

    /// <summary>True if the line sets this key of the interface; case does not matter.</summary>
    public bool Sets(string key) => Value is not null && IsInInterface && Key.Equals(key, StringComparison.OrdinalIgnoreCase);

    /// <summary>True if the line belongs to the interface and not to a peer.</summary>
    public bool IsInInterface => Section.Equals(WgQuickFile.InterfaceHeading, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a line.</summary>
    public static WgQuickLine Parse(int number, string text, string section)
    {
        var comment = text.IndexOf('#', StringComparison.Ordinal);
        var meaning = comment < 0 ? text : text[..comment];
        var equals = meaning.IndexOf('=', StringComparison.Ordinal);
        var key = (equals < 0 ? meaning : meaning[..equals]).Trim();
        if (key.StartsWith('['))
            return new WgQuickLine(number, text, key, key, null, 0);

        if (equals < 0)
            return new WgQuickLine(number, text, section, key, null, 0);

        var start = equals + 1;
        while (start < meaning.Length && char.IsWhiteSpace(meaning[start]))
            start++;

        var value = meaning[start..].TrimEnd();
        return new WgQuickLine(number, text, section, key, value, value.Length > 0 ? start : equals + 1);
    }

    /// <summary>Returns the line with a part of its value replaced.</summary>
    /// <param name="at">Where the part begins in the value.</param>
    /// <param name="length">How long the part is.</param>
    /// <param name="replacement">The new text.</param>
    public WgQuickLine Replace(int at, int length, string replacement)
    {
        // "Key=" and "Key =" have no space to keep.
        var space = Value!.Length == 0 ? " " : "";
        var text = string.Concat(Text.AsSpan(0, ValueStart + at), space, replacement, Text.AsSpan(ValueStart + at + length));
        return Parse(Number, text, Section);
    }
}
