using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Queries.Many;

/// <summary>What an operator does to many clients at once.</summary>
internal enum ManyKind
{
    Remove,
    Pin,
    Unpin,
    Tag,
    Rename,
}

/// <summary>What is to be done to many clients of one fleet.</summary>
/// <param name="Kind">The kind of act.</param>
internal sealed record ManyAct(ManyKind Kind)
{
    /// <summary>The words for the kinds.</summary>
    public static readonly IReadOnlyList<string> Words = [.. Enum.GetNames<ManyKind>().Select(name => name.ToLowerInvariant())];

    /// <summary>The tags to set.</summary>
    public IReadOnlyDictionary<string, string> Set { get; init; } = Tags.None;

    /// <summary>The keys of the tags to unset.</summary>
    public IReadOnlyList<string> Unset { get; init; } = [];

    /// <summary>The pattern of the new names; empty for other kinds.</summary>
    public string Pattern { get; init; } = "";

    /// <summary>The kind with this word; null if there is none.</summary>
    public static ManyKind? KindOf(string? word) => word is not null && Words.Contains(word) ? Enum.Parse<ManyKind>(word, ignoreCase: true) : null;

    /// <exception cref="RefusedException">Something of it is invalid, or belongs to another kind.</exception>
    public void Check()
    {
        if (Kind != ManyKind.Tag && (Set.Count > 0 || Unset.Count > 0))
            throw Invalid("set and unset are for tag");

        if ((Kind == ManyKind.Rename) != Pattern.Length > 0)
            throw Invalid(Kind == ManyKind.Rename ? $"a pattern of the new names is missing; {NamePattern.Use}" : "a pattern is for rename");

        if (Kind != ManyKind.Tag)
            return;

        if (Set.Count == 0 && Unset.Count == 0)
            throw Invalid("there is no tag to set or unset");

        if (Set.FirstOrDefault(t => !Tags.IsValid(t.Key, t.Value)) is { Key: { } key } wrong)
            throw Invalid($"'{key}={wrong.Value}' is not a tag: the key is a letter and up to 31 more of a-z 0-9 _ . -, and the value is 1 to 64 of A-Z a-z 0-9 _ . : / @ + -");

        if (Unset.FirstOrDefault(Set.ContainsKey) is { } both)
            throw Invalid($"the tag '{both}' is set and unset");
    }

    private static RefusedException Invalid(string why) => new(Refusal.Invalid, why);
}
