using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace WgFleet.Access;

/// <summary>Whether a request comes from given networks, from this machine, or over the admin socket.</summary>
internal static class Networks
{
    private static readonly string[] ProxyHeaders = ["X-Forwarded-For", "Forwarded", "X-Real-IP"];

    /// <summary>
    /// Whether these networks contain the source of a request. A proxy on this machine that forwarded it must be in them too; one of trusted_proxies need not.
    /// </summary>
    public static bool ContainsCaller(this IReadOnlyList<IPNetwork> networks, HttpContext context)
    {
        var source = SourceAddress.Of(context);
        return (source.IsFromRemoteProxy || networks.Contains(context.Connection.RemoteIpAddress))
            && IPAddress.TryParse(source.Text, out var address) && networks.Contains(address);
    }

    /// <summary>Whether these networks contain the address; an IPv4-mapped address counts as IPv4.</summary>
    public static bool Contains(this IReadOnlyList<IPNetwork> networks, IPAddress? address) =>
        address is not null && networks.Any(n => n.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));

    /// <summary>Whether the connection begins and ends at the same address of this machine, and no proxy forwards it for somebody else.</summary>
    public static bool IsThisMachine(HttpContext context) =>
        context.Connection is { RemoteIpAddress: { } remote, LocalIpAddress: { } local } && remote.Equals(local) && !ProxyHeaders.Any(context.Request.Headers.ContainsKey);

    /// <summary>Whether the request came over the admin socket.</summary>
    public static bool IsSocket(HttpContext context) =>
        context.Features.Get<IConnectionSocketFeature>()?.Socket.AddressFamily == AddressFamily.Unix;
}
