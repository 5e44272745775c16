using System.Collections.Immutable;

namespace WgFleet.Fleets.State;

/// <summary>A prune that would remove more of a fleet than prune_limit allows, and waits for an operator's approval.</summary>
/// <param name="Number">Identifies it: a prune of other clients has another number.</param>
/// <param name="Since">Since when prunes of this fleet are held.</param>
/// <param name="Ids">The clients that would be removed.</param>
internal sealed record HeldPrune(long Number, DateTimeOffset Since, ImmutableArray<long> Ids);
