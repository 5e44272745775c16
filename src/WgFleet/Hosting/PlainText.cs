using System.Globalization;
using System.Text;

namespace WgFleet.Hosting;

/// <summary>Makes text that came from outside safe for logs and terminals.</summary>
internal static class PlainText
{
    /// <summary>What stands in a line where there is no value, such as the name of a client that has none.</summary>
    public const string None = "-";

    /// <summary>The text with each control character (C0, DEL, C1: Unicode category Cc) written as in <c>\u001b</c>.</summary>
    public static string Of(string text)
    {
        if (!text.Any(char.IsControl))
            return text;

        var plain = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (char.IsControl(c))
                plain.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                plain.Append(c);
        }

        return plain.ToString();
    }
}
