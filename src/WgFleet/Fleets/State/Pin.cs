namespace WgFleet.Fleets.State;

/// <summary>What holds for a client that is pinned: it is never pruned.</summary>
/// <param name="Since">When it was pinned.</param>
/// <param name="By">Who pinned it.</param>
internal sealed record Pin(DateTimeOffset Since, string By);
