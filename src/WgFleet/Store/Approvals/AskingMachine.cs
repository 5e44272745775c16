using WgFleet.WireGuard;

namespace WgFleet.Store.Approvals;

/// <summary>A machine that asks to be let in to a fleet, and what an operator has said.</summary>
/// <param name="Fleet">The fleet.</param>
/// <param name="Key">Its public key.</param>
/// <param name="Source">The address that it asked from first.</param>
/// <param name="Facts">What it says of itself.</param>
/// <param name="AskedAt">When it asked first.</param>
internal sealed record AskingMachine(string Fleet, WireGuardKey Key, string Source, IReadOnlyDictionary<string, string> Facts, DateTimeOffset AskedAt)
{
    /// <summary>What the database knows it by.</summary>
    public string Id => $"{Fleet}/{Key}";

    /// <summary>When it asked last. It is not stored: after a start each machine counts as having asked just then.</summary>
    public DateTimeOffset LastAsked { get; init; } = AskedAt;

    /// <summary>Whether an operator let it in; null while it waits.</summary>
    public bool? IsApproved { get; init; }

    /// <summary>When that was; null while it waits.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Who said it; null while it waits.</summary>
    public string? DecidedBy { get; init; }
}
