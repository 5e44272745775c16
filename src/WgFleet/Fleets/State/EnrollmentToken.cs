using WgFleet.Store;

namespace WgFleet.Fleets.State;

/// <summary>An enrollment token and how often it was used. Only the writer counts uses, as part of the registration.</summary>
internal sealed class EnrollmentToken(TokenRow row)
{
    private volatile TokenRow _row = row;
    private volatile int _uses = row.Uses;

    public string Id => _row.Id;

    public string Name => _row.Name;

    /// <summary>The SHA-256 of its text.</summary>
    public string Hash => _row.Hash;

    /// <summary>The tags of the clients that register with it.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; } = Store.Tags.Read(row.Tags);

    /// <summary>How long clients that register with it may be silent; null for prune_timeout of the configuration.</summary>
    public TimeSpan? PruneTimeout { get; } = row.PruneTimeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Its row as it is now.</summary>
    public TokenRow Row => _row with { Uses = _uses };

    public bool IsRevoked => _row.RevokedAt is not null;

    /// <summary>Why a fleet does not accept it, not even from a client that registered with it; null if it does.</summary>
    public string? Bars(string fleet) =>
        IsRevoked ? "The token is revoked" : _row.Fleets?.Contains(fleet) == false ? "The token is for another fleet" : null;

    /// <summary>Why one more client cannot register with it in a fleet; null if it can.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="now">The time.</param>
    /// <param name="taken">Uses that are decided but not yet counted.</param>
    public string? Refuses(string fleet, DateTimeOffset now, int taken) =>
        Bars(fleet) ?? (_row.ExpiresAt <= now.UtcDateTime ? "The token has expired" : _row.MaxUses <= _uses + taken ? "The token is used up" : null);

    /// <summary>Counts uses that are on disk; -1 gives one back. Called on the writer.</summary>
    public void Count(int uses) => _uses += uses;

    /// <summary>Corrects when it was made and when it expires.</summary>
    public void SetTimes(DateTime createdAt, DateTime? expiresAt) => _row = _row with { CreatedAt = createdAt, ExpiresAt = expiresAt };

    /// <summary>Revokes it, also for registrations that wait for the writer; null takes that back.</summary>
    public void SetRevoked(DateTime? at) => _row = _row with { RevokedAt = at };
}
