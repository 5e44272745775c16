using System.Collections.Concurrent;
using System.Collections.ObjectModel;
using System.Text.RegularExpressions;

namespace WgFleet.Store;

/// <summary>Tags of clients, which come from the enrollment token that a client registers with, and from operators: key=value, in the order of the keys.</summary>
internal static partial class Tags
{
    /// <summary>How many tags a client may have.</summary>
    public const int Max = 16;

    private const int MaxShared = 1000;

    public static readonly IReadOnlyDictionary<string, string> None = ReadOnlyDictionary<string, string>.Empty;

    // Thousands of clients of one token share one dictionary.
    private static readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> Shared = new(StringComparer.Ordinal);

    /// <summary>Whether this is a valid tag: its characters are safe on every page, in every file and in every line that shows it.</summary>
    public static bool IsValid(string key, string? value) => value is not null && KeyFormat().IsMatch(key) && ValueFormat().IsMatch(value);

    /// <summary>Tags with some of them set and some of them unset.</summary>
    public static IReadOnlyDictionary<string, string> Changed(
        IReadOnlyDictionary<string, string> tags, IReadOnlyDictionary<string, string> set, IReadOnlyCollection<string> unset)
    {
        var changed = new SortedDictionary<string, string>(tags.ToDictionary(), StringComparer.Ordinal);
        foreach (var key in unset)
            changed.Remove(key);

        foreach (var (key, value) in set)
            changed[key] = value;

        return Read(Write(changed));
    }

    /// <summary>Tags as the database has them; null for none.</summary>
    public static string? Write(IReadOnlyDictionary<string, string> tags) =>
        tags.Count == 0 ? null : string.Join(',', tags.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key}={t.Value}"));

    /// <summary>Tags from the database. Invalid ones, which another program wrote, are left out.</summary>
    public static IReadOnlyDictionary<string, string> Read(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return None;

        if (Shared.TryGetValue(text, out var known))
            return known;

        var tags = Parse(text);
        if (Shared.Count < MaxShared)
            Shared.TryAdd(text, tags);

        return tags;
    }

    private static ReadOnlyDictionary<string, string> Parse(string text)
    {
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
