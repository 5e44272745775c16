using System.Text;
using System.Text.RegularExpressions;

namespace WgFleet.Config;

/// <summary>Reads and prints durations as people write them: 90s, 30m, 1h30m, 1h 30m, 2d, 500ms.</summary>
internal static partial class Duration
{
    /// <summary>The longest that is read: ten years.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>Reads days, hours, minutes, seconds and milliseconds, in this order, each at most once.</summary>
    /// <returns>False for any other text, a number without unit too, and above <see cref="Longest"/>.</returns>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var match = Format().Match(text);
        if (text.Length == 0 || text[^1] == ' ' || !match.Success)
            return false;

        var milliseconds = ((((Number(1) * 24) + Number(2)) * 60 + Number(3)) * 60 + Number(4)) * 1000 + Number(5);
        if (milliseconds > (long)Longest.TotalMilliseconds)
            return false;

        duration = TimeSpan.FromMilliseconds(milliseconds);
        return true;

        long Number(int group) =>
            match.Groups[group].Success ? long.Parse(match.Groups[group].ValueSpan) : 0;
    }

    /// <summary>The shortest text that reads as this duration, to the millisecond: 1h30m, 0s.</summary>
    public static string ToText(TimeSpan duration)
    {
        var text = new StringBuilder();
        Add(duration.Days, "d");
        Add(duration.Hours, "h");
        Add(duration.Minutes, "m");
        Add(duration.Seconds, "s");
        Add(duration.Milliseconds, "ms");
        return text.Length == 0 ? "0s" : text.ToString();

        void Add(int count, string unit)
        {
            if (count != 0)
                text.Append(count).Append(unit);
        }
    }

    // Nine digits cannot overflow, and are more than Longest in every unit but milliseconds.
    [GeneratedRegex(@"\A(?:([0-9]{1,9})d *)?(?:([0-9]{1,9})h *)?(?:([0-9]{1,9})m *)?(?:([0-9]{1,9})s *)?(?:([0-9]{1,9})ms)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Format();
}
