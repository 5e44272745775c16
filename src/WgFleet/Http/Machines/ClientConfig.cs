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

        // On lines of their own, as programs look for one address on the first.
        var (network, second) = (fleet.Network, client.SecondAddress is null ? null : fleet.SecondNetwork);
        var address4 = second is null ? "" : $"\nAddress = {client.SecondAddress}/32";
        var gateway4 = second is null ? "" : $"\nAllowedIPs = {second.GatewayText}/32";
        var routes = fleet.Client.Routes.Count == 0 ? "" : $"\nAllowedIPs = {string.Join(", ", fleet.Client.Routes)}";
        var config = string.Create(CultureInfo.InvariantCulture, $"""
            [Interface]
            {privateKey}Address = {client.Address}/{(network.IsIPv4 ? 32 : network.Subnet.PrefixLength)}{address4}{mtu}{dns}

            [Peer]
            PublicKey = {gateway}{presharedKey}
            Endpoint = {Bracketed(fleet.ExternalIp)}:{fleet.Port}
            AllowedIPs = {network.GatewayText}/{network.AddressLength}{gateway4}{routes}
            PersistentKeepalive = {(int)fleet.Client.Keepalive.TotalSeconds}

            """);

        return Answer.Json(StatusCodes.Status200OK, string.Create(CultureInfo.InvariantCulture,
            $$"""{"status":"success","config":{{Answer.Quote(config)}},"port":{{fleet.Port}},"server_ip":{{Answer.Quote(network.GatewayText)}}}"""));
    }

    /// <summary>A host in the form for a URL: an IPv6 address in brackets.</summary>
    public static string Bracketed(string host) =>
        IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{host}]" : host;
}
