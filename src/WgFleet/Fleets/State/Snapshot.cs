using System.Collections.Immutable;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Store;

namespace WgFleet.Fleets.State;

/// <summary>All fleets at one moment, published by the writer after each batch. Immutable; read without a lock.</summary>
/// <param name="Sequence">The number of the last event that it includes.</param>
/// <param name="Domain">The domain that full names end with.</param>
/// <param name="Fleets">The fleets, in the order of the configuration.</param>
internal sealed record Snapshot(long Sequence, string Domain, ImmutableArray<FleetSnapshot> Fleets)
{
    /// <summary>The fleet of that name; null if there is none.</summary>
    public FleetSnapshot? Fleet(string name)
    {
        foreach (var fleet in Fleets)
        {
            if (fleet.Config.Name == name)
                return fleet;
        }

        return null;
    }

    private static Fleet ToFleet(FleetConfig fleet) => new(fleet.Name, fleet.Interface, fleet.Network.Gateway, fleet.Network.Subnet, fleet.Port)
    {
        Gateway4 = fleet.Network4?.Gateway,
        Subnet4 = fleet.Network4?.Subnet,
    };

    /// <summary>The snapshot as hooks see it: the clients of all fleets in the order of registration.</summary>
    public FleetState ToState() => new(
        Sequence,
        Domain,
        [.. Fleets.Select(f => ToFleet(f.Config))],
        Fleets.Length == 1
            ? Fleets[0].ById.Values.Select(m => m.ToClient(Domain))
            : Fleets.SelectMany(f => f.ById.Values).OrderBy(m => m.Id).Select(m => m.ToClient(Domain)));
}

/// <summary>What one batch of the writer did: the events, in commit order, and the snapshot after them.</summary>
internal sealed record Change(IReadOnlyList<FleetEvent> Events, Snapshot After)
{
    /// <summary>The rows of the events, in the same order; it may have rows that were deleted again.</summary>
    public IReadOnlyList<EventRow> Rows { get; init; } = [];

    /// <summary>Whether this changed a client that is or was named, in a way that projections show.</summary>
    public bool TouchesNamed { get; } = Events.Any(e => IsShown(e) && (e is ClientHostnameChanged || e.Client is not { Hostname: null }));

    /// <summary>Whether this changed any client in a way that projections show; presence does not count.</summary>
    public bool TouchesClients { get; } = Events.Any(IsShown);

    private static bool IsShown(FleetEvent e) => EventTypes.Of(e)?.RunsProjections != false;
}
