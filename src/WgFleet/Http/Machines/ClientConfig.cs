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
    /// <summary>The answer, with the client's private key if the server made it.</summary>
    public static Answer For(FleetConfig fleet, WireGuardKey gateway, RegisteredClient client, PrivateKey? key)
    {
        var privateKey = key is null ? "" : $"PrivateKey = {key.Reveal()}\n";
        var config = string.Create(CultureInfo.InvariantCulture, $"""
            [Interface]
            {privateKey}Address = {client.Address}/{fleet.Subnet.PrefixLength}

            [Peer]
            PublicKey = {gateway}
            Endpoint = {Bracketed(fleet.ExternalIp)}:{fleet.Port}
            AllowedIPs = {fleet.Ip6Text}/128
            PersistentKeepalive = 25

            """);

        return Answer.Json(StatusCodes.Status200OK, string.Create(CultureInfo.InvariantCulture,
            $$"""{"status":"success","config":{{Answer.Quote(config)}},"port":{{fleet.Port}},"server_ip":{{Answer.Quote(fleet.Ip6Text)}}}"""));
    }

    /// <summary>A host in the form for a URL: an IPv6 address in brackets.</summary>
    public static string Bracketed(string host) =>
        IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{host}]" : host;
}
