using System.Net;
using System.Net.Sockets;
using WgFleet.Config;
using WgFleet.Dashboard.Charts;
using WgFleet.Dashboard.ClientLists;
using WgFleet.Dashboard.Formatting;
using WgFleet.Fleets.State;
using WgFleet.History;

namespace WgFleet.Dashboard.FleetPages;

/// <summary>What the page of one fleet shows, with one page of its clients.</summary>
/// <param name="Name">The fleet's name, which is safe in a URL.</param>
/// <param name="Subnet">The subnets of its clients' addresses.</param>
/// <param name="Gateway6">The gateway's IPv6 address in the tunnel; null if it has none.</param>
/// <param name="Gateway4">The gateway's IPv4 address in the tunnel; null if it has none.</param>
/// <param name="Port">WireGuard's UDP port.</param>
/// <param name="Endpoint">Where machines reach WireGuard: host and port.</param>
/// <param name="IsOpen">Whether machines can join without a token.</param>
/// <param name="HasRoster">Whether there is a roll call.</param>
/// <param name="HasApproval">Whether machines can wait for an operator.</param>
/// <param name="Trouble">Why it is degraded or down; empty while it is up.</param>
/// <param name="Phase">The phase that it is in; null if it is in none.</param>
/// <param name="Frozen">Since when an operator has frozen it, and who; null if nobody has.</param>
/// <param name="Held">The prune that is held; null if none is.</param>
/// <param name="Totals">Its clients and traffic.</param>
/// <param name="Charts">Its last day.</param>
/// <param name="List">Its clients.</param>
internal sealed record FleetView(
    string Name,
    string Subnet,
    string? Gateway6,
    string? Gateway4,
    int Port,
    string Endpoint,
    bool IsOpen,
    bool HasRoster,
    bool HasApproval,
    string Trouble,
    PhaseView? Phase,
    string? Frozen,
    HeldView? Held,
    FleetTotals Totals,
    IReadOnlyList<ChartView> Charts,
    ClientListView List)
{
    public static FleetView Of(FleetSnapshot fleet, FleetStatus status, ClientQuery query, string domain, ActivityHistory history, TotalsCache totals, DateTimeOffset now)
    {
        var config = fleet.Config;
        var day = history.Of(config.Name, now);
        var numbers = totals.Of(fleet, now);
        return new(
            config.Name,
            string.Join(", ", config.Networks.Select(n => n.Subnet)),
            config.Network.IsIPv4 ? null : config.Network.GatewayText,
            config.Network4?.GatewayText,
            config.Port,
            EndpointOf(config.ExternalIp, config.Port),
            config.IsOpen,
            config.Roster is not null,
            config.Approval != ApprovalPolicy.None,
            StatusText.Of(status),
            PhaseView.Of(fleet.Phase),
            fleet.FrozenByOperator is { } freeze ? $"since {DisplayTime.InSentence(freeze.Since)} by {freeze.By}" : null,
            HeldView.Of(fleet, now),
            numbers,
            [DayCharts.Clients(day), DayCharts.Traffic(day)],
            ClientListView.OfFleet(fleet, query, domain, numbers.Newest, now));
    }

    /// <summary>The heading of the client list, in the Python server's words, which scripts look for.</summary>
    public static string HeadingOf(FleetTotals totals) => $"Active Clients ({totals.Clients})";

    private static string EndpointOf(string host, int port) =>
        IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{host}]:{port}" : $"{host}:{port}";
}
