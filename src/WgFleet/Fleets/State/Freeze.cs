namespace WgFleet.Fleets.State;

/// <summary>Why a fleet is frozen: no client is pruned, and clients keep the names they have.</summary>
/// <param name="Since">When it was frozen.</param>
/// <param name="By">Who froze it.</param>
internal sealed record Freeze(DateTimeOffset Since, string By);
