namespace WgFleet.WireGuard.Kernel;

/// <summary>Commands, attributes and flags of the kernel's WireGuard, from linux/wireguard.h.</summary>
internal static class WireGuardConstants
{
    public const string FamilyName = "wireguard";
    public const byte Version = 1;
    public const byte GetDevice = 0;
    public const byte SetDevice = 1;

    public const int DeviceName = 2;
    public const int DevicePrivateKey = 3;
    public const int DeviceListenPort = 6;
    public const int DevicePeers = 8;

    public const int PeerPublicKey = 1;
    public const int PeerPresharedKey = 2;
    public const int PeerFlags = 3;
    public const int PeerEndpoint = 4;
    public const int PeerKeepalive = 5;
    public const int PeerLastHandshake = 6;
    public const int PeerReceivedBytes = 7;
    public const int PeerSentBytes = 8;
    public const int PeerAllowedIps = 9;

    public const uint RemoveMe = 1;
    public const uint ReplaceAllowedIps = 2;
    public const uint UpdateOnly = 4;

    public const int AllowedIpFamily = 1;
    public const int AllowedIpAddress = 2;
    public const int AllowedIpPrefixLength = 3;

    // AF_INET and AF_INET6.
    public const ushort Inet = 2;
    public const ushort Inet6 = 10;
}
