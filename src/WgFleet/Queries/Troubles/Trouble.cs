namespace WgFleet.Queries.Troubles;

/// <summary>One thing that is wrong now.</summary>
/// <param name="Kind">What kind of thing it is.</param>
/// <param name="Severity">Whether something does not work, or only wants attention.</param>
/// <param name="What">What is wrong, as a clause without a full stop: "fleet alpha is down".</param>
/// <param name="Next">What to do about it, as a sentence without a full stop.</param>
internal sealed record Trouble(TroubleKind Kind, Severity Severity, string What, string Next)
{
    /// <summary>The most clients that are named.</summary>
    public const int MaxNamed = 20;

    private const int NamedInSentence = 5;

    /// <summary>The reason, in one line; null if <see cref="What"/> says it all.</summary>
    public string? Why { get; init; }

    /// <summary>Since when it is so; null if that is not known.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The command that helps, ready to paste; null if no command does.</summary>
    public string? Command { get; init; }

    /// <summary>The fleet that it is about; null if it is about none.</summary>
    public string? Fleet { get; init; }

    /// <summary>The hook that it is about; null if it is about none.</summary>
    public string? Hook { get; init; }

    /// <summary>The names, or the addresses, of the clients that it is about, at most <see cref="MaxNamed"/> of them.</summary>
    public IReadOnlyList<string>? Clients { get; init; }

    /// <summary>The first names of some, and how many others there are: "d03, d14 and 3 more".</summary>
    /// <param name="names">The names, or the first of them.</param>
    /// <param name="count">How many there are.</param>
    public static string Named(IReadOnlyList<string> names, int count)
    {
        var more = count - Math.Min(names.Count, NamedInSentence);
        return string.Join(", ", names.Take(NamedInSentence)) + (more > 0 ? $" and {more:N0} more" : "");
    }

    /// <summary>What is wrong and why, in one line without a full stop.</summary>
    public string Sentence => Why is null ? What : $"{What}: {Why}";
}
