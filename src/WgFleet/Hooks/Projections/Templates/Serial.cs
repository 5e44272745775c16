using System.Globalization;
using System.Text.RegularExpressions;

namespace WgFleet.Hooks.Projections.Templates;

/// <summary>
/// The number by which a name server knows that a zone has changed: it grows when anything else in the file changes, and
/// only then. The file itself holds the last one, so it is right after any restart.
/// </summary>
internal static class Serial
{
    /// <summary>What the template writes where the number will stand; of Unicode's private use, so it is nowhere else.</summary>
    public const string Placeholder = "\ue000serial\ue000";

    /// <summary>Puts the number into a rendered text: the one it has, or a later one if anything else differs.</summary>
    /// <param name="rendered">The text, with placeholders or without.</param>
    /// <param name="existing">Gives what the file holds; null if it is not there.</param>
    /// <param name="sequence">The state's: the next number unless that would not be later than the last (RFC 1982).</param>
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

    // By its own line: what is around it may have changed.
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
