using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using WgFleet.WireGuard.Netlink;

namespace WgFleet.WireGuard.Kernel;

/// <summary>Assembles an interface from the messages of a dump. The first describes the interface, and each may hold peers.</summary>
internal sealed class DeviceDump
{
    // 9999-12-31T23:59:59Z in seconds since 1970, the end of DateTimeOffset.
    private const long MaxSeconds = 253_402_300_799;

    private readonly List<Peer> _peers = [];
    private readonly List<IPNetwork> _allowedIps = [];
    private PrivateKey? _privateKey;
    private int _listenPort;

    /// <summary>Adds the attributes of one message; unknown attributes are skipped.</summary>
    /// <exception cref="FormatException">The attributes do not describe an interface; the error message quotes none of them, as one may be a key.</exception>
    public void Add(ReadOnlySpan<byte> attributes)
    {
        var reader = new AttributeReader(attributes);
        while (reader.Next())
        {
            switch (reader.Type)
            {
                case WireGuardConstants.DevicePrivateKey:
                    _privateKey = ReadPrivateKey(reader.Value);
                    break;
                case WireGuardConstants.DeviceListenPort:
                    _listenPort = reader.Number<ushort>();
                    break;
                case WireGuardConstants.DevicePeers:
                    var peers = new AttributeReader(reader.Value);
                    while (peers.Next())
                        AddPeer(peers.Value);

                    break;
            }
        }
    }

    /// <summary>Reads the first message of a dump without its peers.</summary>
    /// <exception cref="FormatException">The attributes do not describe an interface.</exception>
    public static DeviceSettings ReadSettings(ReadOnlySpan<byte> attributes)
    {
        PrivateKey? key = null;
        var port = 0;
        var reader = new AttributeReader(attributes);
        while (reader.Next())
        {
            if (reader.Type == WireGuardConstants.DevicePrivateKey)
                key = ReadPrivateKey(reader.Value);
            else if (reader.Type == WireGuardConstants.DeviceListenPort)
                port = reader.Number<ushort>();
        }

        return new DeviceSettings(key, port);
    }

    /// <summary>Returns the interface after the last message.</summary>
    public Device ToDevice(string interfaceName) => new(interfaceName, _privateKey, _listenPort, _peers);

    private void AddPeer(ReadOnlySpan<byte> attributes)
    {
        WireGuardKey? key = null;
        IPEndPoint? endpoint = null;
        DateTimeOffset? handshake = null;
        long received = 0, sent = 0;
        var keepalive = 0;
        PresharedKey? presharedKey = null;
        _allowedIps.Clear();

        var reader = new AttributeReader(attributes);
        while (reader.Next())
        {
            switch (reader.Type)
            {
                case WireGuardConstants.PeerPublicKey:
                    key = new WireGuardKey(Key(reader.Value));
                    break;
                case WireGuardConstants.PeerPresharedKey:
                    presharedKey = PresharedKey.FromBytes(Key(reader.Value));
                    break;
                case WireGuardConstants.PeerEndpoint:
                    endpoint = EndPoint(reader.Value);
                    break;
                case WireGuardConstants.PeerKeepalive:
                    keepalive = reader.Number<ushort>();
                    break;
                case WireGuardConstants.PeerLastHandshake:
                    handshake = Time(reader.Value);
                    break;
                case WireGuardConstants.PeerReceivedBytes:
                    received = Count(reader.Number<ulong>());
                    break;
                case WireGuardConstants.PeerSentBytes:
                    sent = Count(reader.Number<ulong>());
                    break;
                case WireGuardConstants.PeerAllowedIps:
                    AddAllowedIps(reader.Value);
                    break;
            }
        }

        if (key is not { } publicKey)
            throw new FormatException("a peer without a public key");

        // A peer that did not fit into the last message continues in this one, with its key and the rest of its networks.
        if (_peers is [.., var last] && last.PublicKey == publicKey)
            _peers[^1] = last with { AllowedIps = [.. last.AllowedIps, .. _allowedIps] };
        else
            _peers.Add(new Peer(publicKey, _allowedIps.ToArray(), endpoint, handshake, received, sent) { KeepaliveSeconds = keepalive, PresharedKey = presharedKey });
    }

    private void AddAllowedIps(ReadOnlySpan<byte> attributes)
    {
        var networks = new AttributeReader(attributes);
        while (networks.Next())
        {
            IPAddress? address = null;
            int? prefixLength = null;
            var reader = new AttributeReader(networks.Value);
            while (reader.Next())
            {
                if (reader.Type == WireGuardConstants.AllowedIpAddress)
                    address = reader.Value.Length is 4 or 16 ? new IPAddress(reader.Value) : throw new FormatException("an address of the wrong length");
                else if (reader.Type == WireGuardConstants.AllowedIpPrefixLength)
                    prefixLength = reader.Number<byte>();
            }

            _allowedIps.Add(Network(address, prefixLength));
        }
    }

    private static IPNetwork Network(IPAddress? address, int? prefixLength)
    {
        try
        {
            return new IPNetwork(address!, prefixLength ?? -1);
        }
        catch (ArgumentException e)
        {
            throw new FormatException("an allowed IP that is not a network", e);
        }
    }

    // A key of zeros means that there is none.
    private static PrivateKey? ReadPrivateKey(ReadOnlySpan<byte> value) =>
        Key(value).ContainsAnyExcept((byte)0) ? PrivateKey.FromBytes(value) : null;

    private static ReadOnlySpan<byte> Key(ReadOnlySpan<byte> value) =>
        value.Length == WireGuardKey.Length ? value : throw new FormatException("a key of the wrong length");

    // struct sockaddr_in: family, port in network order, address. sockaddr_in6: family, port, flow label, address, scope.
    private static IPEndPoint EndPoint(ReadOnlySpan<byte> value)
    {
        var family = value.Length >= 4 ? MemoryMarshal.Read<ushort>(value) : 0;
        return (family, value.Length) switch
        {
            (WireGuardConstants.Inet, 16) => new IPEndPoint(new IPAddress(value[4..8]), Port(value)),
            (WireGuardConstants.Inet6, 28) => new IPEndPoint(new IPAddress(value[8..24], MemoryMarshal.Read<uint>(value[24..])), Port(value)),
            _ => throw new FormatException("an endpoint that is not an address"),
        };

        static int Port(ReadOnlySpan<byte> value) => BinaryPrimitives.ReadUInt16BigEndian(value[2..]);
    }

    // struct __kernel_timespec: seconds since 1970, nanoseconds; zero means never.
    private static DateTimeOffset? Time(ReadOnlySpan<byte> value)
    {
        if (value.Length != 16)
            throw new FormatException("a time of the wrong length");

        var (seconds, nanoseconds) = (MemoryMarshal.Read<long>(value), MemoryMarshal.Read<long>(value[8..]));
        if (seconds is < 0 or > MaxSeconds || nanoseconds is < 0 or > 999_999_999)
            throw new FormatException("a time out of range");

        return seconds == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    private static long Count(ulong bytes) => bytes <= long.MaxValue ? (long)bytes : throw new FormatException("a count out of range");
}
