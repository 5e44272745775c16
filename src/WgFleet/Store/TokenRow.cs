namespace WgFleet.Store;

/// <summary>A row of the table tokens. It holds the hash of the secret, never the secret.</summary>
internal sealed record TokenRow
{
    /// <summary>The kind for operators.</summary>
    public const string Admin = "admin";

    /// <summary>The kind with which machines register.</summary>
    public const string Enrollment = "enrollment";

    public const string Read = "read";
    public const string Write = "write";

    /// <summary>The first part of the token's text: not secret, and unique.</summary>
    public required string Id { get; init; }

    public required string Kind { get; init; }

    /// <summary>Unique among those that are not revoked.</summary>
    public required string Name { get; init; }

    /// <summary>The SHA-256 of the token's whole text, as lower-case hexadecimal.</summary>
    public required string Hash { get; init; }

    /// <summary>What an operator may do with it: read or write; null for other kinds.</summary>
    public string? Scope { get; init; }

    /// <summary>The fleets that it is limited to; null for all.</summary>
    public IReadOnlyList<string>? Fleets { get; init; }

    public DateTime CreatedAt { get; init; }

    /// <summary>When it expires; null for never.</summary>
    public DateTime? ExpiresAt { get; init; }

    public DateTime? RevokedAt { get; init; }

    /// <summary>How often it may be used; null for any number of times.</summary>
    public int? MaxUses { get; init; }

    public int Uses { get; init; }

    /// <summary>The tags of clients that register with it: key=value, separated by commas; null for none.</summary>
    public string? Tags { get; init; }

    /// <summary>How long clients that register with it may be silent, in seconds; null for prune_timeout of the configuration.</summary>
    public long? PruneTimeout { get; init; }
}
