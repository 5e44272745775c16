using System.Collections.Immutable;

namespace WgFleet.Fleets.State;

/// <summary>
/// A prune that waits for an operator's approval: more clients of the fleet are stale, or soon will be, than prune_limit allows, or they were until clients
/// began to come back.
/// </summary>
/// <param name="Number">Identifies it: a prune of other clients has another number.</param>
/// <param name="Since">Since when prunes of this fleet are held.</param>
/// <param name="LastReturn">When it was last found that clients of it have come back; as long as none has, the same as <paramref name="Since"/>.</param>
/// <param name="Away">Those whose return is waited for: they were stale when the limit was last exceeded, and have not come back.</param>
/// <param name="Ids">The clients that would be removed: those that are stale already.</param>
internal sealed record HeldPrune(long Number, DateTimeOffset Since, DateTimeOffset LastReturn, ImmutableArray<long> Away, ImmutableArray<long> Ids);
