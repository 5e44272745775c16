namespace WgFleet.Config.Yaml;

/// <summary>Joins words: a, b and c.</summary>
internal static class Sentence
{
    public static string And(IReadOnlyList<string> words) => Join(words, " and ");

    public static string Or(IReadOnlyList<string> words) => Join(words, " or ");

    private static string Join(IReadOnlyList<string> words, string last) =>
        words.Count < 2 ? string.Concat(words) : string.Join(", ", words.SkipLast(1)) + last + words[^1];
}
