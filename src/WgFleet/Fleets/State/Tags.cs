using System.Collections.ObjectModel;
using System.Text.RegularExpressions;

namespace WgFleet.Fleets.State;

/// <summary>What operators note at clients by the token that lets them in: key=value, in the order of the keys.</summary>
internal static partial class Tags
{
    public const int Most = 16;

    public static readonly IReadOnlyDictionary<string, string> None = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Whether it is a tag: plain enough for every page, file, label and line that it may come to stand in.</summary>
    public static bool IsValid(string key, string? value) => value is not null && KeyFormat().IsMatch(key) && ValueFormat().IsMatch(value);

    /// <summary>As the database has them; null for none.</summary>
    public static string? Write(IReadOnlyDictionary<string, string> tags) =>
        tags.Count == 0 ? null : string.Join(',', tags.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key}={t.Value}"));

    /// <summary>From there; what somebody else has written and is no tag is left out.</summary>
    public static IReadOnlyDictionary<string, string> Read(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return None;

        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in text.Split(','))
        {
            if (tag.Split('=', 2) is [var key, var value] && IsValid(key, value))
                tags[key] = value;
        }

        return new ReadOnlyDictionary<string, string>(tags);
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9_.-]{0,31}\z")]
    private static partial Regex KeyFormat();

    [GeneratedRegex(@"\A[A-Za-z0-9_.:/@+-]{1,64}\z")]
    private static partial Regex ValueFormat();
}
