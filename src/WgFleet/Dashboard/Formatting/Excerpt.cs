namespace WgFleet.Dashboard.Formatting;

/// <summary>Shortens text from outside, such as a receiver's answer, so that it cannot make a page huge.</summary>
internal static class Excerpt
{
    private const int MaxLength = 300;

    public static string? Of(string? text, int maxLength = MaxLength) => text?.Length > maxLength ? text[..maxLength] + "..." : text;
}
