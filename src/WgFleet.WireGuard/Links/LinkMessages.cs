using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using WgFleet.WireGuard.Netlink;

namespace WgFleet.WireGuard.Links;

/// <summary>Writes rtnetlink requests into a span; each method gives the length of the request.</summary>
internal static class LinkMessages
{
    /// <summary>Every request of this class fits.</summary>
    public const int MaxLength = 256;

    private const ushort Acknowledged = NetlinkConstants.Request | NetlinkConstants.Ack;

    public static int Create(Span<byte> message, string name, string kind)
    {
        var writer = new AttributeWriter(message, Acknowledged | NetlinkConstants.Create | NetlinkConstants.Exclusive, LinkHeader());
        writer.PutText(RouteConstants.LinkName, name);
        var info = writer.Begin(RouteConstants.LinkInfo);
        writer.PutText(RouteConstants.LinkInfoKind, kind);
        writer.End(info);
        return writer.Length;
    }

    public static int Delete(Span<byte> message, string name)
    {
        var writer = new AttributeWriter(message, Acknowledged, LinkHeader());
        writer.PutText(RouteConstants.LinkName, name);
        return writer.Length;
    }

    /// <summary>Sets the MTU and switches the interface on or off, each unless null.</summary>
    public static int Set(Span<byte> message, int index, int? mtu, bool? up)
    {
        var header = LinkHeader(index, up == true ? RouteConstants.FlagUp : 0, up is null ? 0 : RouteConstants.FlagUp);
        var writer = new AttributeWriter(message, Acknowledged, header);
        if (mtu is { } bytes)
            writer.Put(RouteConstants.LinkMtu, (uint)bytes);

        return writer.Length;
    }

    /// <summary>Asks for one interface by its name, or for all interfaces if the name is null.</summary>
    public static int Get(Span<byte> message, string? name)
    {
        var writer = new AttributeWriter(message, (ushort)(Acknowledged | (name is null ? NetlinkConstants.Dump : 0)), LinkHeader());
        writer.Put(RouteConstants.LinkExtendedMask, RouteConstants.SkipStatistics);
        if (name is not null)
            writer.PutText(RouteConstants.LinkName, name);

        return writer.Length;
    }

    /// <summary>Asks for one interface by its index.</summary>
    public static int Get(Span<byte> message, int index)
    {
        var writer = new AttributeWriter(message, Acknowledged, LinkHeader(index));
        writer.Put(RouteConstants.LinkExtendedMask, RouteConstants.SkipStatistics);
        return writer.Length;
    }

    public static int AddAddress(Span<byte> message, int index, InterfaceAddress address) =>
        PutAddress(message, Acknowledged | NetlinkConstants.Create | NetlinkConstants.Replace, index, address);

    public static int RemoveAddress(Span<byte> message, int index, InterfaceAddress address) =>
        PutAddress(message, Acknowledged, index, address);

    /// <summary>Asks for the addresses of one interface, or of all interfaces if the index is zero. Old kernels always give all.</summary>
    public static int GetAddresses(Span<byte> message, int index) =>
        new AttributeWriter(message, Acknowledged | NetlinkConstants.Dump, AddressHeader(0, 0, index)).Length;

    /// <summary>Asks for all IPv4 routes.</summary>
    public static int GetRoutes(Span<byte> message)
    {
        Span<byte> header = stackalloc byte[RouteConstants.RouteHeaderLength];
        header.Clear();
        header[0] = RouteConstants.Inet;
        return new AttributeWriter(message, Acknowledged | NetlinkConstants.Dump, header).Length;
    }

    /// <summary>Asks which route a packet for an address takes.</summary>
    public static int GetRoute(Span<byte> message, IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        Span<byte> header = stackalloc byte[RouteConstants.RouteHeaderLength];
        header.Clear();
        header[0] = Family(address);
        header[1] = (byte)(8 * length);
        var writer = new AttributeWriter(message, Acknowledged, header);
        writer.Put(RouteConstants.RouteDestination, bytes[..length]);
        return writer.Length;
    }

    /// <summary>Routes a network to an interface, in the main table, as the kernel does for the network of an address.</summary>
    public static int AddRoute(Span<byte> message, int index, IPNetwork network)
    {
        Span<byte> bytes = stackalloc byte[16];
        network.BaseAddress.TryWriteBytes(bytes, out var length);
        var isIPv4 = network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
        Span<byte> header = stackalloc byte[RouteConstants.RouteHeaderLength];
        header.Clear();
        header[0] = Family(network.BaseAddress);
        header[1] = (byte)network.PrefixLength;
        header[4] = RouteConstants.MainTable;
        header[5] = RouteConstants.KernelProtocol;
        header[6] = isIPv4 ? RouteConstants.LinkScope : RouteConstants.UniverseScope;
        header[7] = RouteConstants.Unicast;
        var writer = new AttributeWriter(message, Acknowledged | NetlinkConstants.Create, header);
        writer.Put(RouteConstants.RouteDestination, bytes[..length]);
        writer.Put(RouteConstants.RouteInterface, index);
        if (!isIPv4)
            writer.Put(RouteConstants.RoutePriority, RouteConstants.AddressPriority);

        return writer.Length;
    }

    private static byte Family(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? RouteConstants.Inet : RouteConstants.Inet6;

    private static int PutAddress(Span<byte> message, ushort flags, int index, InterfaceAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.Address.TryWriteBytes(bytes, out var length);
        var writer = new AttributeWriter(message, flags, AddressHeader(Family(address.Address), address.PrefixLength, index));
        writer.Put(RouteConstants.AddressLocal, bytes[..length]);
        writer.Put(RouteConstants.AddressOfPeer, bytes[..length]);
        return writer.Length;
    }

    private static byte[] LinkHeader(int index = 0, uint flags = 0, uint changed = 0)
    {
        var header = new byte[RouteConstants.LinkHeaderLength];
        MemoryMarshal.Write(header.AsSpan(4), index);
        MemoryMarshal.Write(header.AsSpan(8), flags);
        MemoryMarshal.Write(header.AsSpan(12), changed);
        return header;
    }

    private static byte[] AddressHeader(byte family, int prefixLength, int index)
    {
        var header = new byte[RouteConstants.AddressHeaderLength];
        header[0] = family;
        header[1] = (byte)prefixLength;
        MemoryMarshal.Write(header.AsSpan(4), index);
        return header;
    }
}
