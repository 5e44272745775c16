using System.Globalization;
using System.Text.RegularExpressions;

namespace WgFleet.Hooks.Projections.Templates;

/// <summary>
/// The serial number that tells a name server whether a zone has changed. It grows when, and only when, something else in the
/// file changes. The last number is read from the file itself, so a restart does not change it.
/// </summary>
internal static class Serial
{
    /// <summary>Marks the place of the number in the rendered text. It uses characters from Unicode's private use area, which appear nowhere else.</summary>
    public const string Placeholder = "\ue000serial\ue000";

    /// <summary>Replaces the placeholder with the file's present number, or with a later one if anything else in the file differs.</summary>
    /// <param name="rendered">The rendered text, with or without placeholders.</param>
    /// <param name="existing">Returns the file's present content; null if there is no file.</param>
    /// <param name="sequence">
    /// The number of the latest event. It becomes the new serial number if it is later than the present one (RFC 1982); otherwise
    /// the present one grows by one.
    /// </param>
    public static string Settle(string rendered, Func<string?> existing, long sequence)
    {
        if (!rendered.Contains(Placeholder, StringComparison.Ordinal))
            return rendered;

        var next = unchecked((uint)sequence);
        if (existing() is not { } text || NumberIn(text, rendered) is not { } last)
            return With(next);

        if (text == With(last))
            return text;

        return With(unchecked((int)(next - last)) > 0 ? next : unchecked(last + 1));

        string With(uint number) => rendered.Replace(Placeholder, number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    // Looks for the line that holds the number: the lines around it may have changed.
    private static uint? NumberIn(string text, string rendered)
    {
        var at = rendered.IndexOf(Placeholder, StringComparison.Ordinal);
        var before = rendered.AsSpan(0, at);
        before = before[(before.LastIndexOf('\n') + 1)..];
        var after = rendered.AsSpan(at + Placeholder.Length);
        if (after.IndexOf('\n') is >= 0 and var end)
            after = after[..end];

        var line = $"^{Regex.Escape(before.ToString())}([0-9]{{1,10}}){Regex.Escape(after.ToString()).Replace(Placeholder, "\\1", StringComparison.Ordinal)}$";
        var found = Regex.Match(text, line, RegexOptions.CultureInvariant | RegexOptions.Multiline);
        return found.Success && uint.TryParse(found.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
