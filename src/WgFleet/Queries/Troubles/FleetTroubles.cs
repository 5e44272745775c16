using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet.Queries.Troubles;

/// <summary>What is wrong with fleets: one is down or degraded, its prune is held, or it is frozen.</summary>
internal static class FleetTroubles
{
    public static IEnumerable<Trouble> Of(Snapshot snapshot, FleetHealth health) => snapshot.Fleets.SelectMany(fleet => Of(fleet, health.Of(fleet.Config.Name)));

    /// <summary>The trouble of a fleet that is not up; null if it is up.</summary>
    public static Trouble? OfState(string fleet, FleetStatus status) => status.State switch
    {
        FleetCondition.Down => new(
            TroubleKind.FleetDown, Severity.Broken, $"fleet {fleet} is down", "The server tries it again every few seconds; until then no machine can join it")
        {
            Why = status.Reason,
            Since = status.Since,
            Fleet = fleet,
        },
        FleetCondition.Degraded => new(
            TroubleKind.FleetDegraded, Severity.Attention, $"fleet {fleet} is degraded", "Its tunnels work; the server notices when the cause is gone")
        {
            Why = status.Reason,
            Since = status.Since,
            Fleet = fleet,
        },
        _ => null,
    };

    private static IEnumerable<Trouble> Of(FleetSnapshot fleet, FleetStatus status)
    {
        var name = fleet.Config.Name;
        if (OfState(name, status) is { } trouble)
            yield return trouble;

        if (fleet.Held is { } held)
        {
            yield return new(
                TroubleKind.PruneHeld,
                Severity.Attention,
                $"the prune of {Quantity.Of(held.Ids.Length, "client")} of {name} is held",
                "They are stale. Much of the fleet went quiet at once (prune_limit); those that come back stay. If they are gone for good, allow it")
            {
                Since = held.Since,
                Fleet = name,
                Command = $"wg-fleet prune allow {name}",
            };
        }

        if (fleet.FrozenByOperator is { } freeze)
        {
            yield return new(TroubleKind.FleetFrozen, Severity.Attention, $"fleet {name} is frozen by {freeze.By}",
                "Pruning and renaming are paused until it is thawed" + (fleet.Phase is { Freezes: true } phase ? $"; {phase.Text} pauses them too" : ""))
            {
                Since = freeze.Since,
                Fleet = name,
                Command = $"wg-fleet fleets thaw {name}",
            };
        }
    }
}
