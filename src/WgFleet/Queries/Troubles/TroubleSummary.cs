namespace WgFleet.Queries.Troubles;

/// <summary>What is wrong now in one line: for the bar of every page.</summary>
/// <param name="State"><c>ok</c>, <c>attention</c> or <c>broken</c>, whichever is the worst.</param>
/// <param name="Text">The most urgent trouble, and how many others there are.</param>
/// <param name="Version">Differs from that of a list with other troubles.</param>
internal sealed record TroubleSummary(string State, string Text, string Version)
{
    /// <summary>What the line says if nothing is wrong.</summary>
    public const string Nothing = "Nothing is wrong";

    /// <param name="troubles">The troubles, the most urgent first.</param>
    public static TroubleSummary Of(IReadOnlyList<Trouble> troubles)
    {
        if (troubles.Count == 0)
            return new("ok", Nothing, "0");

        var version = new HashCode();
        foreach (var trouble in troubles)
        {
            version.Add(trouble.Sentence);
            version.Add(trouble.Since);
        }

        return new(troubles[0].Severity.Text(), $"{Capital(troubles[0].What)}{(troubles.Count > 1 ? $", and {troubles.Count - 1} more" : "")}", $"{version.ToHashCode():x8}");
    }

    /// <summary>The text with a capital letter at its start.</summary>
    public static string Capital(string text) => string.Concat(char.ToUpperInvariant(text[0]).ToString(), text.AsSpan(1));
}
