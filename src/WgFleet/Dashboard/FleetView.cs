using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WgFleet.Registry;

namespace WgFleet.Dashboard;

/// <summary>One fleet with one page of its clients; public, as Razor's pages are, which take it as a parameter.</summary>
/// <param name="Name">Its name, which is safe in a URL.</param>
/// <param name="Subnet">The subnet addresses are given from.</param>
/// <param name="Gateway">The gateway's address in the tunnel.</param>
/// <param name="Port">WireGuard's UDP port.</param>
/// <param name="Endpoint">Where clients reach WireGuard from outside.</param>
/// <param name="Count">How many clients it has.</param>
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
    int Count,
    int Held,
    string? Frozen,
    ClientQuery Query,
    int Found,
    int First,
    int Last,
    int LastPage,
    IReadOnlyList<ClientLine> Clients)
{
    internal static FleetView Of(FleetSnapshot fleet, ClientQuery query, DateTimeOffset now)
    {
        var config = fleet.Config;
        var selection = ClientSelection.Of(fleet, query);
        return new(
            config.Name,
            config.Subnet.ToString(),
            config.Ip6Text,
            config.Port,
            EndpointOf(config.ExternalIp, config.Port),
            fleet.Count,
            fleet.Held?.Ids.Length ?? 0,
            fleet.Frozen is { } freeze ? $"since {Moment.Of(freeze.Since, now).Time} by {freeze.By}" : null,
            selection.Query,
            selection.Found,
            selection.First,
            selection.Last,
            selection.LastPage,
            [.. selection.Members.Select(m => ClientLine.Of(m, now))]);
    }

    /// <summary>"101-200 of 10,000".</summary>
    internal string Range => string.Create(CultureInfo.InvariantCulture, $"{First:N0}-{Last:N0} of {Found:N0}");

    /// <summary>The link to this fleet's clients as <paramref name="query"/> wants them.</summary>
    internal string Link(ClientQuery query) => $"/fleet/{Name}{query.ToQueryString()}";

    private static string EndpointOf(string host, int port) =>
        IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{host}]:{port}" : $"{host}:{port}";
}
