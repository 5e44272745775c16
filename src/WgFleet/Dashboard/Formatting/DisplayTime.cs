namespace WgFleet.Dashboard.Formatting;

/// <summary>A point in time as pages show it.</summary>
/// <param name="Time">The time in UTC, to the second.</param>
/// <param name="Age">How long ago it was.</param>
internal readonly record struct DisplayTime(string Time, string Age)
{
    public static DisplayTime Of(DateTimeOffset at, DateTimeOffset now) => new(Text(at), Formatting.Age.Since(at, now));

    /// <summary>A time within a sentence, where it stays in UTC.</summary>
    public static string InSentence(DateTimeOffset at) => Text(at) + " UTC";

    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss");
}
