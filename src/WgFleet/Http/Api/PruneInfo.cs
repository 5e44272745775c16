using WgFleet.Fleets.State;

namespace WgFleet.Http.Api;

/// <summary>The prune of each fleet.</summary>
internal sealed record PruneResponse(IReadOnlyList<PruneInfo> Fleets);

/// <summary>The prune of one fleet.</summary>
/// <param name="Fleet">The fleet's name.</param>
/// <param name="Clients">How many clients it has.</param>
/// <param name="Frozen">Since when the fleet is frozen, and by whom; absent if it is not.</param>
/// <param name="Refusal">Why no prune of it can be allowed, and what ends that; absent if the fleet is not frozen.</param>
/// <param name="Held">The prune that waits for an operator to allow it; absent if none does.</param>
internal sealed record PruneInfo(string Fleet, int Clients, FrozenInfo? Frozen, string? Refusal, HeldPruneInfo? Held)
{
    public static PruneInfo Of(FleetSnapshot fleet, Func<RegisteredClient, bool> isStale) => new(fleet.Config.Name, fleet.Count, FrozenInfo.Of(fleet.Frozen), fleet.NoPrune, fleet.Held is { } held
        ? new(held.Number, held.Since, [.. held.Ids.Select(id => fleet.ById.GetValueOrDefault(id)).OfType<RegisteredClient>().Where(isStale).Select(StaleClientInfo.Of)])
        : null);
}

/// <summary>A prune that is held.</summary>
/// <param name="Number">Its number, by which an operator allows it; it changes as soon as it would remove other clients.</param>
/// <param name="Since">Since when the fleet's prunes have been held.</param>
/// <param name="Clients">The clients that it would remove, in the order of registration.</param>
internal sealed record HeldPruneInfo(long Number, DateTimeOffset Since, IReadOnlyList<StaleClientInfo> Clients);

/// <summary>A client that a prune would remove.</summary>
internal sealed record StaleClientInfo(string Address, string? Hostname, DateTimeOffset LastSeen)
{
    public static StaleClientInfo Of(RegisteredClient client) => new(client.Address.ToString(), client.Hostname, client.Liveness.LastSeen);
}
