using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace WgFleet.Access;

/// <summary>Whether a request comes from networks that are trusted, or from this very machine.</summary>
internal static class Networks
{
    private static readonly string[] ProxyHeaders = ["X-Forwarded-For", "Forwarded", "X-Real-IP"];

    /// <summary>Whether both who connects and, if that is a proxy on this machine, whom it speaks for are in these networks.</summary>
    public static bool Holds(this IReadOnlyList<IPNetwork> networks, HttpContext context) =>
        networks.Hold(context.Connection.RemoteIpAddress)
        && (!context.Request.Headers.ContainsKey("X-Forwarded-For")
            || (IPAddress.TryParse(SourceAddress.Of(context).Text, out var source) && networks.Hold(source)));

    /// <summary>Whether the connection begins and ends at one of this machine's own addresses, and no proxy speaks for others.</summary>
    public static bool IsThisMachine(HttpContext context) =>
        context.Connection is { RemoteIpAddress: { } remote, LocalIpAddress: { } local } && remote.Equals(local) && !ProxyHeaders.Any(context.Request.Headers.ContainsKey);

    /// <summary>Whether the request came by the operators' socket.</summary>
    public static bool IsSocket(HttpContext context) =>
        context.Features.Get<IConnectionSocketFeature>()?.Socket.AddressFamily == AddressFamily.Unix;

    /// <summary>Whether the address is in these networks.</summary>
    public static bool Hold(this IReadOnlyList<IPNetwork> networks, IPAddress? address) =>
        address is not null && networks.Any(n => n.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));
}
