namespace WgFleet.Dashboard.Formatting;

/// <summary>Formats how long ago something was, in its two largest units: "2h 5m ago".</summary>
internal static class Age
{
    public static string Since(DateTimeOffset at, DateTimeOffset now)
    {
        var age = now - at;
        if (age < TimeSpan.Zero)
            return "in the future";

        return age switch
        {
            { Days: > 0 } => $"{age.Days}d {age.Hours}h ago",
            { Hours: > 0 } => $"{age.Hours}h {age.Minutes}m ago",
            { Minutes: > 0 } => $"{age.Minutes}m {age.Seconds}s ago",
            _ => $"{age.Seconds}s ago",
        };
    }
}
