using System.Globalization;
using System.Text;

namespace WgFleet.Hosting;

/// <summary>Makes text that came from outside safe for logs and terminals.</summary>
internal static class PlainText
{
    /// <summary>What stands in a line where there is no value, such as the name of a client that has none.</summary>
    public const string None = "-";

    /// <summary>
    /// Whether a character steers how text is shown instead of being shown: control characters (Unicode category Cc), format characters (Cf), such as those that
    /// turn the direction of writing, and separators of lines and paragraphs (Zl, Zp).
    /// </summary>
    public static bool IsHidden(char c) => char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>Whether a text has a hidden character.</summary>
    public static bool HasHidden(string text)
    {
        foreach (var c in text)
        {
            if (IsHidden(c))
                return true;
        }

        return false;
    }

    /// <summary>The text with each hidden character written as in <c>\u001b</c>.</summary>
    public static string Of(string text)
    {
        if (!HasHidden(text))
            return text;

        var plain = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (IsHidden(c))
                plain.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                plain.Append(c);
        }

        return plain.ToString();
    }
}
