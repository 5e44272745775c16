using System.Globalization;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace WgFleet.Store;

/// <summary>Times as the Python server writes them: UTC, always six digits after the second.</summary>
internal static class UtcText
{
    private const string Format = "yyyy-MM-dd HH:mm:ss.ffffff";

    public static string Write(DateTime time) => time.ToString(Format, CultureInfo.InvariantCulture);

    public static string? WriteMaybe(DateTime? time) => time is { } at ? Write(at) : null;

    public static DateTime? ReadMaybe(string? text) => text is null ? null : Read(text);

    /// <exception cref="FormatException">No time at all; other spellings than ours are read.</exception>
    public static DateTime Read(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}

/// <summary>The same for Entity Framework.</summary>
internal sealed class UtcTextConverter() : ValueConverter<DateTime, string>(time => UtcText.Write(time), text => UtcText.Read(text));
