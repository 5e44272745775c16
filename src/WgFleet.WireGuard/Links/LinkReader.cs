using System.Net;
using System.Runtime.InteropServices;
using WgFleet.WireGuard.Netlink;

namespace WgFleet.WireGuard.Links;

/// <summary>Reads the messages of rtnetlink that describe interfaces, addresses and routes.</summary>
internal static class LinkReader
{
    /// <summary>Reads an interface without its addresses.</summary>
    /// <exception cref="FormatException">The message cannot be read.</exception>
    public static InterfaceState ReadLink(ReadOnlySpan<byte> payload)
    {
        var header = Header(payload, RouteConstants.LinkHeaderLength);
        var index = MemoryMarshal.Read<int>(header[4..]);
        var isUp = (MemoryMarshal.Read<uint>(header[8..]) & RouteConstants.FlagUp) != 0;
        string? name = null, kind = null;
        uint mtu = 0;

        var reader = new AttributeReader(payload[RouteConstants.LinkHeaderLength..]);
        while (reader.Next())
        {
            switch (reader.Type)
            {
                case RouteConstants.LinkName:
                    name = reader.Text();
                    break;
                case RouteConstants.LinkMtu:
                    mtu = reader.Number<uint>();
                    break;
                case RouteConstants.LinkInfo:
                    kind = ReadKind(reader.Value);
                    break;
            }
        }

        // The kernel's loopback has an MTU of 65536; an unlimited one would not fit an int.
        return new InterfaceState(name ?? throw new FormatException("an interface without a name"), index, kind, isUp, (int)Math.Min(mtu, int.MaxValue), []);
    }

    /// <summary>Reads an address and the index of its interface; null for link-local addresses and other families.</summary>
    /// <exception cref="FormatException">The message cannot be read.</exception>
    public static InterfaceAddress? ReadAddress(ReadOnlySpan<byte> payload, out int index)
    {
        var header = Header(payload, RouteConstants.AddressHeaderLength);
        var prefixLength = header[1];
        index = MemoryMarshal.Read<int>(header[4..]);
        if (header[0] is not (RouteConstants.Inet or RouteConstants.Inet6))
            return null;

        IPAddress? local = null, peer = null;
        var reader = new AttributeReader(payload[RouteConstants.AddressHeaderLength..]);
        while (reader.Next())
        {
            if (reader.Type == RouteConstants.AddressLocal)
                local = Address(reader.Value);
            else if (reader.Type == RouteConstants.AddressOfPeer)
                peer = Address(reader.Value);
        }

        // IPv6 without a peer has only the second.
        var address = local ?? peer ?? throw new FormatException("an address message without an address");
        return address.IsIPv6LinkLocal ? null : new InterfaceAddress(address, prefixLength);
    }

    /// <summary>Reads a default route of the main table; null if the message describes another route.</summary>
    /// <exception cref="FormatException">The message cannot be read.</exception>
    public static DefaultRoute? ReadDefaultRoute(ReadOnlySpan<byte> payload)
    {
        var header = Header(payload, RouteConstants.RouteHeaderLength);
        var (destinationLength, table, type) = (header[1], header[4], header[7]);
        if (destinationLength != 0 || table != RouteConstants.MainTable || type != RouteConstants.Unicast)
            return null;

        var route = new DefaultRoute(0, 0, null);
        var reader = new AttributeReader(payload[RouteConstants.RouteHeaderLength..]);
        while (reader.Next())
        {
            route = reader.Type switch
            {
                RouteConstants.RouteInterface => route with { InterfaceIndex = reader.Number<int>() },
                RouteConstants.RoutePriority => route with { Priority = reader.Number<uint>() },
                RouteConstants.RouteMetrics => route with { Mtu = ReadMtu(reader.Value) },
                _ => route,
            };
        }

        return route;
    }

    /// <summary>Reads the index of the interface that a route leads through; zero if it leads nowhere or has several.</summary>
    /// <exception cref="FormatException">The message cannot be read.</exception>
    public static int ReadRouteInterface(ReadOnlySpan<byte> payload)
    {
        if (Header(payload, RouteConstants.RouteHeaderLength)[7] != RouteConstants.Unicast)
            return 0;

        var reader = new AttributeReader(payload[RouteConstants.RouteHeaderLength..]);
        while (reader.Next())
        {
            if (reader.Type == RouteConstants.RouteInterface)
                return reader.Number<int>();
        }

        return 0;
    }

    private static string? ReadKind(ReadOnlySpan<byte> attributes)
    {
        var reader = new AttributeReader(attributes);
        while (reader.Next())
        {
            if (reader.Type == RouteConstants.LinkInfoKind)
                return reader.Text();
        }

        return null;
    }

    private static int? ReadMtu(ReadOnlySpan<byte> attributes)
    {
        var reader = new AttributeReader(attributes);
        while (reader.Next())
        {
            if (reader.Type == RouteConstants.RouteMetricMtu)
                return reader.Number<int>();
        }

        return null;
    }

    private static IPAddress Address(ReadOnlySpan<byte> value) =>
        value.Length is 4 or 16 ? new IPAddress(value) : throw new FormatException("an address of the wrong length");

    private static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> payload, int length) =>
        payload.Length >= length ? payload[..length] : throw new FormatException("a message without its header");
}

/// <summary>A default route.</summary>
/// <param name="InterfaceIndex">The index of the interface it leads through; zero if it has several.</param>
/// <param name="Priority">The route's metric; the lowest wins.</param>
/// <param name="Mtu">The route's own MTU, if it has one.</param>
internal sealed record DefaultRoute(int InterfaceIndex, uint Priority, int? Mtu);
