namespace WgFleet.Hosting;

/// <summary>Times for people, as <c>2026-11-28 10:04:05Z</c>, and for the database.</summary>
internal static class Utc
{
    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'");

    /// <summary>The time in UTC to the microsecond, which is what the database keeps.</summary>
    public static DateTimeOffset Stored(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>The time, or a dash for none.</summary>
    public static string Text(DateTimeOffset? at) => at is { } time ? Text(time) : "-";
}
