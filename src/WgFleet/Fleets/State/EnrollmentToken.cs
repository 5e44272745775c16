using WgFleet.Store;

namespace WgFleet.Fleets.State;

/// <summary>A token that lets machines in, and how often it has: the writer alone counts, with the registration that it decides.</summary>
internal sealed class EnrollmentToken(TokenRow row)
{
    private volatile TokenRow _row = row;
    private volatile int _uses = row.Uses;

    public string Id => _row.Id;

    public string Name => _row.Name;

    /// <summary>The SHA-256 of its text.</summary>
    public string Hash => _row.Hash;

    /// <summary>What it gives to its clients, as the database has it.</summary>
    public string? TagsText => _row.Tags;

    public IReadOnlyDictionary<string, string> Tags { get; } = Fleets.State.Tags.Read(row.Tags);

    /// <summary>How long its clients may be quiet; null for what the configuration says.</summary>
    public TimeSpan? PruneTimeout { get; } = row.PruneTimeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>All of it, as it is now.</summary>
    public TokenRow Row => _row with { Uses = _uses };

    public bool IsRevoked => _row.RevokedAt is not null;

    /// <summary>Why it means nothing to a fleet, not even with a client that it has let in; null if it does.</summary>
    public string? Bars(string fleet) =>
        IsRevoked ? "The token is revoked" : _row.Fleet is { } only && only != fleet ? "The token is for another fleet" : null;

    /// <summary>Why it does not let one more client into a fleet; null if it does.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="now">The time.</param>
    /// <param name="taken">Uses that are decided and not yet counted.</param>
    public string? Refuses(string fleet, DateTimeOffset now, int taken) =>
        Bars(fleet) ?? (_row.ExpiresAt <= now.UtcDateTime ? "The token has expired" : _row.MaxUses <= _uses + taken ? "The token is used up" : null);

    /// <summary>Counts uses that are on disk, or with -1 one that is taken back. On the writer.</summary>
    public void Count(int uses) => _uses += uses;

    /// <summary>Revokes it, also for those who wait for their turn.</summary>
    public void Revoke(DateTime at) => _row = _row with { RevokedAt = at };
}
