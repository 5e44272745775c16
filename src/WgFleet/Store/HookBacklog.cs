namespace WgFleet.Store;

/// <summary>How a hook stands in the database.</summary>
internal sealed record HookBacklog
{
    public required string Hook { get; init; }

    /// <summary>Why it is paused; null if it is not.</summary>
    public string? Paused { get; init; }

    /// <summary>Events behind its place in the log.</summary>
    public long Lag { get; init; }

    /// <summary>When the first of them was decided, as <see cref="UtcText"/>; null if there are none.</summary>
    public string? Oldest { get; init; }

    public long Pending { get; init; }

    public long Dead { get; init; }
}
