using System.Globalization;
using System.Text.RegularExpressions;
using WgFleet.Config;

namespace WgFleet.Events;

/// <summary>A position in the event log as operators write it: a number, an event's id, a time, or how long ago.</summary>
internal sealed partial record EventPosition
{
    /// <summary>What is allowed, for error messages.</summary>
    public const string Use = "use an event's number or id, a time such as 2026-11-22T08:00:00Z, or a duration before now such as 2h-ago";

    public long? Sequence { get; init; }

    /// <summary>An event's id.</summary>
    public string? Id { get; init; }

    public DateTimeOffset? Time { get; init; }

    /// <summary>How long ago.</summary>
    public TimeSpan? Ago { get; init; }

    /// <summary>Reads a position; null if the text is not one.</summary>
    public static EventPosition? Parse(string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
            return new EventPosition { Sequence = sequence };

        if (IdFormat().IsMatch(text))
            return new EventPosition { Id = text };

        // A time without a zone is in UTC, like all times that the commands print.
        if (TimeFormat().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return new EventPosition { Time = time };

        return AgoFormat().Match(text) is { Success: true } ago && Duration.TryParse(ago.Groups[1].Value, out var duration)
            ? new EventPosition { Ago = duration }
            : null;
    }

    [GeneratedRegex(@"\Aevt_[A-Za-z0-9_-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex IdFormat();

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,7})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex TimeFormat();

    [GeneratedRegex(@"\A(.+?)[ -]ago\z", RegexOptions.CultureInvariant)]
    private static partial Regex AgoFormat();
}
