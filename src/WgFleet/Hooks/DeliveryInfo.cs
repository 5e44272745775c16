namespace WgFleet.Hooks;

/// <summary>A delivery as operators see it.</summary>
internal sealed record DeliveryInfo
{
    public required string Hook { get; init; }

    public long Seq { get; init; }

    /// <summary>The event's type; null if the event is no longer kept.</summary>
    public string? Event { get; init; }

    public string? EventId { get; init; }

    public string? Subject { get; init; }

    /// <summary>"done", "pending" or "dead".</summary>
    public required string State { get; init; }

    public int Attempts { get; init; }

    public string? Code { get; init; }

    public string? Error { get; init; }

    public string? Response { get; init; }

    /// <summary>How long the last attempt took.</summary>
    public double TookSeconds { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}
