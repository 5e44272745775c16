using System.Net;
using System.Net.Sockets;

namespace WgFleet.Access;

/// <summary>What counts as one source of requests: an IPv4 address, or an IPv6 network of 64 bits, since a machine with one of its addresses can use all of them.</summary>
internal static class SourceNetwork
{
    /// <summary>The bytes by which sources are told apart: 4 of IPv4, 8 of IPv6, none if the address is not known.</summary>
    public static ReadOnlySpan<byte> Of(IPAddress? source)
    {
        var bytes = source?.GetAddressBytes() ?? [];
        return source is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } ? bytes.AsSpan(0, 8) : bytes.AsSpan(Math.Max(0, bytes.Length - 4));
    }
}
