using System.Buffers;
using System.Buffers.Text;
using System.Net;

namespace WgFleet.WireGuard.Uapi;

/// <summary>Reads the answer to a get: the lines of the interface, then those of each peer, which start with the peer's public_key.</summary>
internal ref struct DeviceText
{
    // 9999-12-31T23:59:59Z in seconds since 1970, the end of DateTimeOffset.
    private const long MaxSeconds = 253_402_300_799;

    private readonly List<Peer> _peers = [];
    private readonly List<IPNetwork> _allowedIps = [];
    private PrivateKey? _privateKey;
    private int _listenPort;
    private WireGuardKey? _peer;
    private IPEndPoint? _endpoint;
    private long _handshakeSeconds;
    private long _handshakeNanoseconds;
    private long _received;
    private long _sent;
    private int _keepalive;
    private PresharedKey? _presharedKey;

    private DeviceText(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (line.IsEmpty)
                continue;

            var equals = line.IndexOf((byte)'=');
            if (equals < 0)
                throw new FormatException("a line without '='");

            Read(line[..equals], line[(equals + 1)..]);
        }

        EndPeer();
    }

    /// <summary>Reads a whole answer; unknown keys are skipped.</summary>
    /// <exception cref="FormatException">The answer cannot be read; the error message quotes nothing of it, as it may hold a key.</exception>
    public static Device Read(string interfaceName, ReadOnlySpan<byte> answer)
    {
        var text = new DeviceText(answer);
        return new Device(interfaceName, text._privateKey, text._listenPort, text._peers);
    }

    // The most frequent keys first.
    private void Read(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.SequenceEqual("allowed_ip"u8))
            _allowedIps.Add(Network(value));
        else if (key.SequenceEqual("public_key"u8))
            BeginPeer(value);
        else if (key.SequenceEqual("rx_bytes"u8))
            _received = Number(value, long.MaxValue);
        else if (key.SequenceEqual("tx_bytes"u8))
            _sent = Number(value, long.MaxValue);
        else if (key.SequenceEqual("last_handshake_time_sec"u8))
            _handshakeSeconds = Number(value, MaxSeconds);
        else if (key.SequenceEqual("last_handshake_time_nsec"u8))
            _handshakeNanoseconds = Number(value, 999_999_999);
        else if (key.SequenceEqual("persistent_keepalive_interval"u8))
            _keepalive = (int)Number(value, ushort.MaxValue);
        else if (key.SequenceEqual("preshared_key"u8))
            _presharedKey = ReadPresharedKey(value);
        else if (key.SequenceEqual("endpoint"u8))
            _endpoint = EndPoint(value);
        else if (key.SequenceEqual("listen_port"u8))
            _listenPort = (int)Number(value, ushort.MaxValue);
        else if (key.SequenceEqual("private_key"u8))
            _privateKey = ReadPrivateKey(value);
    }

    private void BeginPeer(ReadOnlySpan<byte> publicKey)
    {
        EndPeer();
        Span<byte> bytes = stackalloc byte[WireGuardKey.Length];
        ReadKey(publicKey, bytes);
        _peer = new WireGuardKey(bytes);
        _endpoint = null;
        _handshakeSeconds = _handshakeNanoseconds = _received = _sent = _keepalive = 0;
        _presharedKey = null;
        _allowedIps.Clear();
    }

    private readonly void EndPeer()
    {
        if (_peer is not { } key)
            return;

        DateTimeOffset? handshake = _handshakeSeconds == 0
            ? null
            : DateTimeOffset.FromUnixTimeSeconds(_handshakeSeconds).AddTicks(_handshakeNanoseconds / TimeSpan.NanosecondsPerTick);
        _peers.Add(new Peer(key, _allowedIps.ToArray(), _endpoint, handshake, _received, _sent) { KeepaliveSeconds = _keepalive, PresharedKey = _presharedKey });
    }

    private static PrivateKey? ReadPrivateKey(ReadOnlySpan<byte> hex)
    {
        Span<byte> bytes = stackalloc byte[WireGuardKey.Length];
        ReadKey(hex, bytes);

        // A key of zeros means that there is none.
        var key = bytes.ContainsAnyExcept((byte)0) ? PrivateKey.FromBytes(bytes) : null;
        bytes.Clear();
        return key;
    }

    private static PresharedKey? ReadPresharedKey(ReadOnlySpan<byte> hex)
    {
        Span<byte> bytes = stackalloc byte[WireGuardKey.Length];
        ReadKey(hex, bytes);
        var key = PresharedKey.FromBytes(bytes);
        bytes.Clear();
        return key;
    }

    private static void ReadKey(ReadOnlySpan<byte> hex, Span<byte> bytes)
    {
        if (hex.Length != 2 * bytes.Length || Convert.FromHexString(hex, bytes, out _, out _) != OperationStatus.Done)
            throw new FormatException("a key that is not 64 hex digits");
    }

    private static IPNetwork Network(ReadOnlySpan<byte> value) =>
        IPNetwork.TryParse(value, out var network) ? network : throw new FormatException("an allowed_ip that is not a network");

    private static IPEndPoint EndPoint(ReadOnlySpan<byte> value)
    {
        var colon = value.LastIndexOf((byte)':');
        if (colon < 0)
            throw new FormatException("an endpoint without a port");

        var host = value[..colon];
        if (host.StartsWith("["u8) && host.EndsWith("]"u8))
            host = host[1..^1];

        return IPAddress.TryParse(host, out var address)
            ? new IPEndPoint(address, (int)Number(value[(colon + 1)..], ushort.MaxValue))
            : throw new FormatException("an endpoint that is not an address");
    }

    private static long Number(ReadOnlySpan<byte> value, long max) =>
        Utf8Parser.TryParse(value, out long number, out var used) && used == value.Length && number >= 0 && number <= max
            ? number
            : throw new FormatException("a value that is not a number, or out of range");
}
