using System.Collections.Immutable;

namespace WgFleet.Fleets.State;

/// <summary>A sweep that would remove more of a fleet than one may, and waits for an operator's word.</summary>
/// <param name="Number">Tells it from those before: it is another one as soon as others are to go.</param>
/// <param name="Since">When sweeps of this fleet began to be held.</param>
/// <param name="Ids">The clients that are to go.</param>
internal sealed record HeldPrune(long Number, DateTimeOffset Since, ImmutableArray<long> Ids);
