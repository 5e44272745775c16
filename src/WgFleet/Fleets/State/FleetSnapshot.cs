using System.Collections.Immutable;
using System.Net;
using WgFleet.Config;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.State;

/// <summary>One fleet's clients at one moment, found by id, address, name or key. Immutable.</summary>
internal sealed record FleetSnapshot(FleetConfig Config)
{
    /// <summary>In the order of registration.</summary>
    public ImmutableSortedDictionary<long, RegisteredClient> ById { get; init; } = ImmutableSortedDictionary<long, RegisteredClient>.Empty;

    public ImmutableDictionary<IPAddress, RegisteredClient> ByAddress { get; init; } = ImmutableDictionary<IPAddress, RegisteredClient>.Empty;

    public ImmutableDictionary<string, RegisteredClient> ByHostname { get; init; } = ImmutableDictionary<string, RegisteredClient>.Empty;

    public ImmutableDictionary<WireGuardKey, RegisteredClient> ByKey { get; init; } = ImmutableDictionary<WireGuardKey, RegisteredClient>.Empty;

    /// <summary>The operator's freeze; null if there is none.</summary>
    public Freeze? FrozenByOperator { get; init; }

    /// <summary>The phase of its time-table that it is in; null if it is in none.</summary>
    public Phase? Phase { get; init; }

    /// <summary>By whom and since when it is frozen, an operator or the phase; null if it is not.</summary>
    public Freeze? Frozen => Freeze.Of(FrozenByOperator, Phase);

    /// <summary>Why no prune can be allowed, because it is frozen; null if it is not.</summary>
    public string? NoPrune => Freeze.Refusal(Config.Name, FrozenByOperator, Phase);

    /// <summary>The prune that waits for an operator's approval; null if none does.</summary>
    public HeldPrune? Held { get; init; }

    public int Count => ById.Count;

    /// <summary>How many clients are online.</summary>
    public int CountOnline(DateTimeOffset now) => ById.Values.Count(c => c.Liveness.IsOnline(now));
}
