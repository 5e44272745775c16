using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.WireGuard;

namespace WgFleet.Http.Machines;

/// <summary>The answer to a registration: the wg-quick(8) configuration of the client's tunnel.</summary>
internal static class ClientConfig
{
    /// <summary>The answer, with the client's private key if the server made it, and its preshared key if it has one.</summary>
    public static Answer For(FleetConfig fleet, WireGuardKey gateway, RegisteredClient client, PrivateKey? key)
    {
        var privateKey = key is null ? "" : $"PrivateKey = {key.Reveal()}\n";
        var mtu = fleet.Client.Mtu is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"\nMTU = {bytes}") : "";

        var dns = fleet.Client.Dns.Count == 0 ? "" : $"\nDNS = {string.Join(", ", fleet.Client.Dns)}";
        var presharedKey = client.PresharedKey is { } shared ? $"\nPresharedKey = {shared.Reveal()}" : "";

        // On a line of their own: the first has the gateway alone.
        var routes = fleet.Client.Routes.Count == 0 ? "" : $"\nAllowedIPs = {string.Join(", ", fleet.Client.Routes)}";
        var config = string.Create(CultureInfo.InvariantCulture, $"""
            [Interface]
            {privateKey}Address = {client.Address}/{fleet.Subnet.PrefixLength}{mtu}{dns}

            [Peer]
            PublicKey = {gateway}{presharedKey}
            Endpoint = {Bracketed(fleet.ExternalIp)}:{fleet.Port}
            AllowedIPs = {fleet.Ip6Text}/128{routes}
            PersistentKeepalive = {(int)fleet.Client.Keepalive.TotalSeconds}

            """);

        return Answer.Json(StatusCodes.Status200OK, string.Create(CultureInfo.InvariantCulture,
            $$"""{"status":"success","config":{{Answer.Quote(config)}},"port":{{fleet.Port}},"server_ip":{{Answer.Quote(fleet.Ip6Text)}}}"""));
    }

    /// <summary>A host in the form for a URL: an IPv6 address in brackets.</summary>
    public static string Bracketed(string host) =>
        IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{host}]" : host;
}
