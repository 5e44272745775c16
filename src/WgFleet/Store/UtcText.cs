using System.Globalization;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace WgFleet.Store;

/// <summary>Times as the Python server writes them: UTC, always six digits after the second.</summary>
internal sealed class UtcText() : ValueConverter<DateTime, string>(time => Write(time), text => Read(text))
{
    public static string Write(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    public static DateTime Read(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
