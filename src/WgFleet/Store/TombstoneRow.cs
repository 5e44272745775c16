namespace WgFleet.Store;

/// <summary>What is kept of a client that was removed, so that it can be looked at and put back.</summary>
internal sealed class TombstoneRow
{
    /// <summary>The number of the event that told of the removal.</summary>
    public required long Seq { get; init; }

    /// <summary>The id of the client's row; no other client gets it for as long as this is kept.</summary>
    public required long ClientId { get; init; }

    public required string Fleet { get; init; }

    public required string PublicKey { get; init; }

    public required string Address { get; init; }

    public required string RequestAddress { get; init; }

    public string? Hostname { get; init; }

    public required DateTime RegisteredAt { get; init; }

    public required DateTime RemovedAt { get; init; }

    /// <summary>The reason that hooks were told.</summary>
    public required string Cause { get; init; }

    /// <summary>The operator who removed it or let a held prune through; null if nobody did.</summary>
    public string? RemovedBy { get; init; }

    public required DateTime LastPing { get; init; }

    public DateTime? LastHandshake { get; init; }

    public DateTime? LastTraffic { get; init; }

    /// <summary>In seconds, where it was this client's own.</summary>
    public long? PruneTimeout { get; init; }

    /// <summary>As <see cref="TokenRow.Tags"/>; null for none.</summary>
    public string? Tags { get; init; }

    public DateTime? PinnedAt { get; init; }

    public string? PinnedBy { get; init; }
}
