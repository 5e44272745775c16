namespace WgFleet.Hosting;

/// <summary>Times for people: <c>2026-11-28 10:04:05Z</c>.</summary>
internal static class Utc
{
    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'");

    /// <summary>The time, or a dash for none.</summary>
    public static string Text(DateTimeOffset? at) => at is { } time ? Text(time) : "-";
}
