using System.Globalization;

namespace WgFleet.Store.Sqlite;

/// <summary>Times as the Python server writes them: UTC, always six digits after the second, so that text sorts as time.</summary>
internal static class UtcText
{
    private const string Format = "yyyy-MM-dd HH:mm:ss.ffffff";

    public static string Write(DateTime time) => time.ToString(Format, CultureInfo.InvariantCulture);

    /// <exception cref="FormatException">The text is not a time. Other formats are read too.</exception>
    public static DateTime Read(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
