namespace WgFleet.Dashboard;

/// <summary>What came of something that somebody did on a page; public, as Razor's pages are, which take it as a parameter.</summary>
/// <param name="Text">The one line to read.</param>
/// <param name="IsTrouble">Whether it went wrong.</param>
public sealed record FlashMessage(string Text, bool IsTrouble = false)
{
    /// <summary>What there is to see beyond that, each piece under its name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parts { get; init; } = [];
}
