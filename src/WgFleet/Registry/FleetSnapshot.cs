using System.Collections.Immutable;
using System.Net;
using WgFleet.Config;
using WgFleet.WireGuard;

namespace WgFleet.Registry;

/// <summary>One fleet's clients at one moment, found by id, address, name or key. Immutable.</summary>
internal sealed record FleetSnapshot(FleetConfig Config)
{
    /// <summary>In the order of registration.</summary>
    public ImmutableSortedDictionary<long, Member> ById { get; init; } = ImmutableSortedDictionary<long, Member>.Empty;

    public ImmutableDictionary<IPAddress, Member> ByAddress { get; init; } = ImmutableDictionary<IPAddress, Member>.Empty;

    public ImmutableDictionary<string, Member> ByHostname { get; init; } = ImmutableDictionary<string, Member>.Empty;

    public ImmutableDictionary<WireGuardKey, Member> ByKey { get; init; } = ImmutableDictionary<WireGuardKey, Member>.Empty;

    /// <summary>What holds while it is frozen; null if it is not.</summary>
    public Freeze? Frozen { get; init; }

    /// <summary>The sweep that waits for an operator's word; null if none does.</summary>
    public HeldSweep? Held { get; init; }

    public int Count => ById.Count;
}
