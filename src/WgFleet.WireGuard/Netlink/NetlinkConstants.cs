namespace WgFleet.WireGuard.Netlink;

/// <summary>Message types, flags and header sizes of netlink(7), from linux/netlink.h.</summary>
internal static class NetlinkConstants
{
    // struct nlmsghdr: length (4), type (2), flags (2), sequence (4), port (4).
    public const int HeaderLength = 16;

    // struct nlattr: length (2), type (2).
    public const int AttributeHeaderLength = 4;

    public const int GenericProtocol = 16;
    public const int RouteProtocol = 0;

    public const ushort Request = 0x1;
    public const ushort Ack = 0x4;
    public const ushort Replace = 0x100;
    public const ushort Exclusive = 0x200;
    public const ushort Create = 0x400;
    public const ushort Dump = 0x300;
    public const ushort DumpInterrupted = 0x10;
    public const ushort AckCapped = 0x100;
    public const ushort AckAttributes = 0x200;

    public const ushort NoOp = 1;
    public const ushort Error = 2;
    public const ushort Done = 3;
    public const ushort Overrun = 4;

    public const int ErrorAttributeMessage = 1;

    public const int NestedFlag = 1 << 15;
    public const int AttributeTypeMask = 0x3fff;

    /// <summary>Rounds a length up to a multiple of four, where messages and attributes begin.</summary>
    public static int Align(int length) => (length + 3) & ~3;
}
