using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace WgFleet.WireGuard.Netlink;

/// <summary>Puts an interface together from the messages of a dump: the first tells of it, all of them of its peers.</summary>
internal sealed class DeviceDump
{
    // 9999-12-31T23:59:59Z in seconds since 1970: as far as DateTimeOffset goes.
    private const long MaxSeconds = 253_402_300_799;

    private readonly List<Peer> _peers = [];
    private readonly List<IPNetwork> _allowedIps = [];
    private PrivateKey? _privateKey;
    private int _listenPort;

    /// <summary>Takes the attributes of one message; those it does not know are passed over.</summary>
    /// <exception cref="FormatException">They are not those of an interface; the message holds nothing of them.</exception>
    public void Take(ReadOnlySpan<byte> attributes)
    {
        var reader = new AttributeReader(attributes);
        while (reader.Next())
        {
            switch (reader.Type)
            {
                case Wg.DevicePrivateKey:
                    _privateKey = Key(reader.Value).ContainsAnyExcept((byte)0) ? PrivateKey.FromBytes(reader.Value) : null;
                    break;
                case Wg.DeviceListenPort:
                    _listenPort = reader.Number<ushort>();
                    break;
                case Wg.DevicePeers:
                    var peers = new AttributeReader(reader.Value);
                    while (peers.Next())
                        TakePeer(peers.Value);

                    break;
            }
        }
    }

    /// <summary>The interface, after the last message.</summary>
    public Device ToDevice(string interfaceName) => new(interfaceName, _privateKey, _listenPort, _peers);

    private void TakePeer(ReadOnlySpan<byte> attributes)
    {
        WireGuardKey? key = null;
        IPEndPoint? endpoint = null;
        DateTimeOffset? handshake = null;
        long received = 0, sent = 0;
        _allowedIps.Clear();

        var reader = new AttributeReader(attributes);
        while (reader.Next())
        {
            switch (reader.Type)
            {
                case Wg.PeerPublicKey:
                    key = new WireGuardKey(Key(reader.Value));
                    break;
                case Wg.PeerEndpoint:
                    endpoint = EndPoint(reader.Value);
                    break;
                case Wg.PeerLastHandshake:
                    handshake = Time(reader.Value);
                    break;
                case Wg.PeerReceivedBytes:
                    received = Count(reader.Number<ulong>());
                    break;
                case Wg.PeerSentBytes:
                    sent = Count(reader.Number<ulong>());
                    break;
                case Wg.PeerAllowedIps:
                    TakeAllowedIps(reader.Value);
                    break;
            }
        }

        if (key is not { } publicKey)
            throw new FormatException("a peer without a public key");

        // A peer that did not fit into the last message goes on in this one, with its key and the rest of its networks.
        if (_peers is [.., var last] && last.PublicKey == publicKey)
            _peers[^1] = last with { AllowedIps = [.. last.AllowedIps, .. _allowedIps] };
        else
            _peers.Add(new Peer(publicKey, _allowedIps.ToArray(), endpoint, handshake, received, sent));
    }

    private void TakeAllowedIps(ReadOnlySpan<byte> attributes)
    {
        var networks = new AttributeReader(attributes);
        while (networks.Next())
        {
            IPAddress? address = null;
            int? prefixLength = null;
            var reader = new AttributeReader(networks.Value);
            while (reader.Next())
            {
                if (reader.Type == Wg.AllowedIpAddress)
                    address = reader.Value.Length is 4 or 16 ? new IPAddress(reader.Value) : throw new FormatException("an address of another length");
                else if (reader.Type == Wg.AllowedIpPrefixLength)
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
            throw new FormatException("an allowed ip that is no network", e);
        }
    }

    private static ReadOnlySpan<byte> Key(ReadOnlySpan<byte> value) =>
        value.Length == WireGuardKey.Length ? value : throw new FormatException("a key of another length");

    // struct sockaddr_in or sockaddr_in6: family, port in network order; then the address, or flow label, address and scope.
    private static IPEndPoint EndPoint(ReadOnlySpan<byte> value)
    {
        var family = value.Length >= 4 ? MemoryMarshal.Read<ushort>(value) : 0;
        return (family, value.Length) switch
        {
            (Wg.Inet, 16) => new IPEndPoint(new IPAddress(value[4..8]), Port(value)),
            (Wg.Inet6, 28) => new IPEndPoint(new IPAddress(value[8..24], MemoryMarshal.Read<uint>(value[24..])), Port(value)),
            _ => throw new FormatException("an endpoint that is no address"),
        };

        static int Port(ReadOnlySpan<byte> value) => BinaryPrimitives.ReadUInt16BigEndian(value[2..]);
    }

    // struct __kernel_timespec: seconds since 1970 and nanoseconds; zero is never.
    private static DateTimeOffset? Time(ReadOnlySpan<byte> value)
    {
        if (value.Length != 16)
            throw new FormatException("a time of another length");

        var (seconds, nanoseconds) = (MemoryMarshal.Read<long>(value), MemoryMarshal.Read<long>(value[8..]));
        if (seconds is < 0 or > MaxSeconds || nanoseconds is < 0 or > 999_999_999)
            throw new FormatException("a time out of range");

        return seconds == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    private static long Count(ulong bytes) => bytes <= long.MaxValue ? (long)bytes : throw new FormatException("a count out of range");
}
