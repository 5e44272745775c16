using WgFleet.Hosting;

namespace WgFleet.Cli.Output;

/// <summary>Times in lists.</summary>
internal static class Times
{
    /// <summary>How long ago a time was, or in how long it comes, in its largest unit: "45s", "3m", "2h", "12d", "in 6d".</summary>
    public static string Age(DateTimeOffset at, DateTimeOffset now)
    {
        // The clocks of the server and of this machine may differ a little.
        var age = now - at;
        return age < TimeSpan.FromSeconds(-5) ? $"in {Largest(-age)}" : Largest(age);
    }

    /// <summary>The whole time: in UTC, or in this machine's time zone with its distance from UTC, if it has one.</summary>
    public static string Full(DateTimeOffset at, bool utc) =>
        utc || at.ToLocalTime() is not { Offset.Ticks: not 0 } local ? Utc.Text(at) : local.ToString("yyyy-MM-dd HH:mm:sszzz");

    /// <summary>The time for programs, in UTC.</summary>
    public static string Exact(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");

    private static string Largest(TimeSpan age) => age switch
    {
        { TotalSeconds: < 60 } => $"{Math.Max(0, (int)age.TotalSeconds)}s",
        { TotalMinutes: < 60 } => $"{(int)age.TotalMinutes}m",
        { TotalHours: < 48 } => $"{(int)age.TotalHours}h",
        _ => $"{(int)age.TotalDays}d",
    };
}
