using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WgFleet.Dashboard.Charts;
using WgFleet.Dashboard.Live;
using WgFleet.Fleets.State;
using WgFleet.History;

namespace WgFleet.Dashboard;

/// <summary>One fleet with one page of its clients; public, as Razor's pages are, which take it as a parameter.</summary>
/// <param name="Name">Its name, which is safe in a URL.</param>
/// <param name="Subnet">The subnet addresses are given from.</param>
/// <param name="Gateway">The gateway's address in the tunnel.</param>
/// <param name="Port">WireGuard's UDP port.</param>
/// <param name="Endpoint">Where clients reach WireGuard from outside.</param>
/// <param name="Totals">How many clients it has, who is online, and the traffic.</param>
/// <param name="Charts">Its last day.</param>
/// <param name="Held">How many clients a held sweep would remove; 0 if none is held.</param>
/// <param name="Frozen">Since when it is frozen, and by whom; null if it is not.</param>
/// <param name="Query">What was asked for.</param>
/// <param name="Found">How many clients the search finds.</param>
/// <param name="First">The number of the first client shown.</param>
/// <param name="Last">The number of the last client shown.</param>
/// <param name="LastPage">The last page there is.</param>
/// <param name="Clients">The clients of the page.</param>
public sealed record FleetView(
    string Name,
    string Subnet,
    string Gateway,
    int Port,
    string Endpoint,
    FleetTotals Totals,
    IReadOnlyList<ChartView> Charts,
    int Held,
    string? Frozen,
    ClientQuery Query,
    int Found,
    int First,
    int Last,
    int LastPage,
    IReadOnlyList<ClientTableRow> Clients)
{
    internal static FleetView Of(FleetSnapshot fleet, ClientQuery query, ActivityHistory history, TotalsCache totals, DateTimeOffset now)
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
            totals.Of(fleet, now),
            [DayCharts.Clients(day), DayCharts.Traffic(day)],
            fleet.Held?.Ids.Length ?? 0,
            fleet.Frozen is { } freeze ? $"since {DisplayTime.Of(freeze.Since, now).Time} by {freeze.By}" : null,
            selection.Query,
            selection.Found,
            selection.First,
            selection.Last,
            selection.LastPage,
            [.. selection.Members.Select(m => ClientTableRow.Of(m, now))])
        {
            IsOpen = config.Enrollment.IsOpen,
        };
    }

    /// <summary>Whether whoever reaches the server can join.</summary>
    internal bool IsOpen { get; private init; }

    /// <summary>"101-200 of 10,000".</summary>
    internal string Range => RangeOf(First, Last, Found);

    /// <summary>What a search has found, for who does not see the list.</summary>
    internal string FoundText => Query.Search.Length == 0 ? "" : Found == 1 ? "1 client matches." : string.Create(CultureInfo.InvariantCulture, $"{Found:N0} clients match.");

    /// <summary>The path of a client's own page; it says the address, which is the client's alone for as long as it is there.</summary>
    internal string Link(ClientTableRow client) => $"/fleet/{Name}/clients/{client.Address}";

    /// <summary>What stands above the list, as the Python server says it.</summary>
    internal static string HeadingOf(FleetTotals totals) => string.Create(CultureInfo.InvariantCulture, $"Active Clients ({totals.Clients})");

    internal static string RangeOf(int first, int last, int found) => string.Create(CultureInfo.InvariantCulture, $"{first:N0}-{last:N0} of {found:N0}");

    /// <summary>The link to this fleet's clients as <paramref name="query"/> wants them.</summary>
    internal string Link(ClientQuery query) => $"/fleet/{Name}{query.ToQueryString()}";

    private static string EndpointOf(string host, int port) =>
        IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{host}]:{port}" : $"{host}:{port}";
}
