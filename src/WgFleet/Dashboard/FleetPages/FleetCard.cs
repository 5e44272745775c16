using WgFleet.Dashboard.Charts;
using WgFleet.Fleets.State;
using WgFleet.History;

namespace WgFleet.Dashboard.FleetPages;

/// <summary>One fleet as the front page shows it.</summary>
/// <param name="Name">Its name, which is safe in a URL.</param>
/// <param name="Subnet">The subnets of its clients' addresses.</param>
/// <param name="Port">WireGuard's UDP port.</param>
/// <param name="Held">The number of stale clients that a held prune would remove; 0 if none is held.</param>
/// <param name="Phase">The phase that it is in; null if it is in none.</param>
/// <param name="IsFrozen">Whether an operator has paused pruning and renaming.</param>
/// <param name="IsOpen">Whether machines can join without a token.</param>
/// <param name="Trouble">Why it is degraded or down; empty while it is up.</param>
/// <param name="Totals">Its clients and traffic.</param>
/// <param name="Sparkline">The SVG path of the clients online over the last day; empty if there is nothing to draw yet.</param>
/// <param name="SparklineWidth">The width of that drawing.</param>
internal sealed record FleetCard(
    string Name, string Subnet, int Port, int Held, PhaseView? Phase, bool IsFrozen, bool IsOpen, string Trouble, FleetTotals Totals, string Sparkline, int SparklineWidth)
{
    public static FleetCard Of(FleetSnapshot fleet, FleetStatus status, ActivityHistory history, DateTimeOffset now)
    {
        var config = fleet.Config;
        var (sparkline, width) = DayCharts.Spark(history.Of(config.Name, now));
        return new(
            config.Name,
            string.Join(", ", config.Networks.Select(n => n.Subnet)),
            config.Port,
            fleet.Held?.Ids.Length ?? 0,
            PhaseView.Of(fleet.Phase),
            fleet.FrozenByOperator is not null,
            config.IsOpen,
            StatusText.Of(status),
            FleetTotals.Of(fleet, history, now),
            sparkline,
            width);
    }
}
