namespace WgFleet.Store;

/// <summary>A row of the table clients. The first seven columns are those of the Python server; the names are its own.</summary>
internal sealed class ClientRow
{
    public long Id { get; set; }

    public required string FleetId { get; set; }

    public required string PublicKey { get; set; }

    public required string AssignedIp { get; set; }

    public required string HttpRequestIp { get; set; }

    public string? Hostname { get; set; }

    /// <summary>The last ping, or the registration, in UTC.</summary>
    public DateTime Timestamp { get; set; }

    /// <summary>Null in rows that the Python server wrote: it did not keep it.</summary>
    public DateTime? RegisteredAt { get; set; }

    public DateTime? LastHandshake { get; set; }

    /// <summary>In seconds, where it is this client's own; null for the configuration's.</summary>
    public long? PruneTimeout { get; set; }

    /// <summary>As <see cref="TokenRow.Tags"/>; null for none.</summary>
    public string? Tags { get; set; }

    /// <summary>When an operator pinned it; null if none did.</summary>
    public DateTime? PinnedAt { get; set; }

    /// <summary>Who that was.</summary>
    public string? PinnedBy { get; set; }

    /// <summary>When hooks were told that it is online; null if they were told that it is not, or nothing.</summary>
    public DateTime? OnlineSince { get; set; }
}
