namespace WgFleet.Dashboard.Formatting;

/// <summary>Shortens text that others chose, such as a receiver's answer, so that it cannot swell a page.</summary>
internal static class Excerpt
{
    private const int MaxLength = 300;

    public static string? Of(string? text, int maxLength = MaxLength) => text?.Length > maxLength ? text[..maxLength] + "..." : text;
}
