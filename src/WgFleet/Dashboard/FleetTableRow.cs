using WgFleet.Dashboard.Charts;
using WgFleet.Fleets.State;
using WgFleet.History;

namespace WgFleet.Dashboard;

/// <summary>One fleet as the front page shows it; public, as Razor's pages are, which take it as a parameter.</summary>
/// <param name="Name">Its name, which is safe in a URL.</param>
/// <param name="Subnet">The subnet addresses are given from.</param>
/// <param name="Port">WireGuard's UDP port.</param>
/// <param name="Held">How many clients a held sweep would remove; 0 if none is held.</param>
/// <param name="IsFrozen">Whether nobody is pruned and no name changes.</param>
/// <param name="Totals">How many clients it has, who is online, and the traffic.</param>
/// <param name="Spark">Who was online over the last day, as the path of a drawing; empty if that is not known.</param>
/// <param name="SparkWidth">The width of that drawing.</param>
public sealed record FleetTableRow(string Name, string Subnet, int Port, int Held, bool IsFrozen, FleetTotals Totals, string Spark, int SparkWidth)
{
    internal static FleetTableRow Of(FleetSnapshot fleet, ActivityHistory history, DateTimeOffset now)
    {
        var (spark, width) = DayCharts.Spark(history.Of(fleet.Config.Name, now));
        return new(
            fleet.Config.Name,
            fleet.Config.Subnet.ToString(),
            fleet.Config.Port,
            fleet.Held?.Ids.Length ?? 0,
            fleet.Frozen is not null,
            FleetTotals.Of(fleet, history, now),
            spark,
            width)
        {
            IsOpen = fleet.Config.Enrollment.IsOpen,
        };
    }

    /// <summary>Whether whoever reaches the server can join.</summary>
    internal bool IsOpen { get; private init; }
}
