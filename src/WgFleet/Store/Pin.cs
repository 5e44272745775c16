namespace WgFleet.Store;

/// <summary>Why a client is never pruned: an operator pinned it.</summary>
/// <param name="Since">When it was pinned.</param>
/// <param name="By">Who pinned it.</param>
internal sealed record Pin(DateTimeOffset Since, string By);
