namespace WgFleet.Dashboard.Site;

/// <summary>The outcome of a form, shown once on the page that follows.</summary>
/// <param name="Text">One line.</param>
/// <param name="IsTrouble">Whether the form failed.</param>
internal sealed record FlashMessage(string Text, bool IsTrouble = false)
{
    /// <summary>Longer texts below the line, each folded under its name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Details { get; init; } = [];
}
