namespace WgFleet.WireGuard.Netlink;

/// <summary>Message types and flags of netlink(7), and where the parts of a message lie; linux/netlink.h, linux/genetlink.h.</summary>
internal static class Nl
{
    // nlmsghdr: length (4), type (2), flags (2), sequence (4), port (4); then genlmsghdr: command (1), version (1), zeros (2).
    public const int HeaderLength = 16;
    public const int GenericHeaderLength = 4;
    public const int AttributeHeaderLength = 4;

    public const ushort Request = 0x1;
    public const ushort Ack = 0x4;
    public const ushort Dump = 0x300;
    public const ushort DumpInterrupted = 0x10;
    public const ushort AckCapped = 0x100;
    public const ushort AckAttributes = 0x200;

    public const ushort NoOp = 1;
    public const ushort Error = 2;
    public const ushort Done = 3;
    public const ushort Overrun = 4;

    public const int ErrorAttributeMessage = 1;

    public const ushort Controller = 16;
    public const byte GetFamily = 3;
    public const byte ControllerVersion = 1;
    public const int FamilyId = 1;
    public const int FamilyName = 2;

    public const int NestedFlag = 1 << 15;
    public const int AttributeTypes = 0x3fff;

    /// <summary>Messages and attributes begin at multiples of four.</summary>
    public static int Aligned(int length) => (length + 3) & ~3;
}

/// <summary>Commands, attributes and flags of the kernel's WireGuard; linux/wireguard.h.</summary>
internal static class Wg
{
    public const byte Version = 1;
    public const byte GetDevice = 0;
    public const byte SetDevice = 1;

    public const int DeviceName = 2;
    public const int DevicePrivateKey = 3;
    public const int DeviceListenPort = 6;
    public const int DevicePeers = 8;

    public const int PeerPublicKey = 1;
    public const int PeerFlags = 3;
    public const int PeerEndpoint = 4;
    public const int PeerLastHandshake = 6;
    public const int PeerReceivedBytes = 7;
    public const int PeerSentBytes = 8;
    public const int PeerAllowedIps = 9;

    public const uint RemoveMe = 1;
    public const uint ReplaceAllowedIps = 2;

    public const int AllowedIpFamily = 1;
    public const int AllowedIpAddress = 2;
    public const int AllowedIpPrefixLength = 3;

    public const ushort Inet = 2;
    public const ushort Inet6 = 10;
}
