using System.Net;
using System.Net.Sockets;
using WgFleet.Dashboard.Charts;
using WgFleet.Dashboard.ClientPages;
using WgFleet.Dashboard.Formatting;
using WgFleet.Fleets.State;
using WgFleet.History;

namespace WgFleet.Dashboard.FleetPages;

/// <summary>What the page of one fleet shows, with one page of its clients.</summary>
/// <param name="Name">The fleet's name, which is safe in a URL.</param>
/// <param name="Subnet">The subnet of its clients' addresses.</param>
/// <param name="Gateway">The gateway's address in the tunnel.</param>
/// <param name="Port">WireGuard's UDP port.</param>
/// <param name="Endpoint">Where machines reach WireGuard: host and port.</param>
/// <param name="IsOpen">Whether machines can join without a token.</param>
/// <param name="HasRoster">Whether there is a roll call.</param>
/// <param name="Trouble">Why it is degraded or down; empty while it is up.</param>
/// <param name="Phase">The phase that it is in; null if it is in none.</param>
/// <param name="Frozen">Since when an operator has frozen it, and who; null if nobody has.</param>
/// <param name="Held">The number of stale clients that a held prune would remove; 0 if none is held.</param>
/// <param name="Totals">Its clients and traffic.</param>
/// <param name="Charts">Its last day.</param>
/// <param name="Query">What was asked for.</param>
/// <param name="Found">The number of clients that match, on all pages.</param>
/// <param name="Range">The clients of this page: "101-200 of 10,000".</param>
/// <param name="LastPage">The number of the last page.</param>
/// <param name="Clients">The clients of this page.</param>
internal sealed record FleetView(
    string Name,
    string Subnet,
    string Gateway,
    int Port,
    string Endpoint,
    bool IsOpen,
    bool HasRoster,
    string Trouble,
    PhaseView? Phase,
    string? Frozen,
    int Held,
    FleetTotals Totals,
    IReadOnlyList<ChartView> Charts,
    ClientQuery Query,
    int Found,
    string Range,
    int LastPage,
    IReadOnlyList<ClientTableRow> Clients)
{
    public static FleetView Of(FleetSnapshot fleet, FleetStatus status, ClientQuery query, ActivityHistory history, TotalsCache totals, DateTimeOffset now)
    {
        var config = fleet.Config;
        var day = history.Of(config.Name, now);
        var selection = ClientSelection.Of(fleet, query);
        return new(
            config.Name,
            config.Subnet.ToString(),
            config.Ip6Text,
            config.Port,
            EndpointOf(config.ExternalIp, config.Port),
            config.Enrollment.IsOpen,
            config.Roster is not null,
            StatusText.Of(status),
            PhaseView.Of(fleet.Phase),
            fleet.FrozenByOperator is { } freeze ? $"since {DisplayTime.Text(freeze.Since)} by {freeze.By}" : null,
            fleet.Held?.Ids.Length ?? 0,
            totals.Of(fleet, now),
            [DayCharts.Clients(day), DayCharts.Traffic(day)],
            selection.Query,
            selection.Found,
            RangeOf(selection),
            selection.LastPage,
            [.. selection.Clients.Select(c => ClientTableRow.Of(c, now))]);
    }

    /// <summary>The result of a search, for screen readers.</summary>
    public string FoundText => Query.Search.Length == 0 ? "" : Found == 1 ? "1 client matches." : $"{Found:N0} clients match.";

    /// <summary>The heading of the client list, in the Python server's words, which scripts look for.</summary>
    public static string HeadingOf(FleetTotals totals) => $"Active Clients ({totals.Clients})";

    public static string RangeOf(ClientSelection selection) => $"{selection.First:N0}-{selection.Last:N0} of {selection.Found:N0}";

    /// <summary>The link to this page with another query.</summary>
    public string Link(ClientQuery query) => $"/fleet/{Name}{query.ToQueryString()}";

    private static string EndpointOf(string host, int port) =>
        IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{host}]:{port}" : $"{host}:{port}";
}
