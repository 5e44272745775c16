namespace WgFleet.Queries.Troubles;

/// <summary>One thing that is wrong now.</summary>
/// <param name="Kind">What kind of thing it is.</param>
/// <param name="Severity">Whether something does not work, or only wants attention.</param>
/// <param name="What">What is wrong, as a clause without a full stop: "fleet alpha is down".</param>
/// <param name="Next">What to do about it, as a sentence without a full stop.</param>
internal sealed record Trouble(TroubleKind Kind, Severity Severity, string What, string Next)
{
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

    /// <summary>The names, or the addresses, of the clients that it is about, at most <see cref="OfflineTroubles.MaxNamed"/> of them.</summary>
    public IReadOnlyList<string>? Clients { get; init; }

    /// <summary>What is wrong and why, in one line without a full stop.</summary>
    public string Sentence => Why is null ? What : $"{What}: {Why}";
}
