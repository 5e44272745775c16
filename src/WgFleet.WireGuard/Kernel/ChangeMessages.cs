using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using WgFleet.WireGuard.Netlink;

namespace WgFleet.WireGuard.Kernel;

/// <summary>
/// Writes a change as few messages as possible. Each message holds as many peers as fit; the networks of one peer may continue in
/// the next message.
/// </summary>
internal sealed class ChangeMessages(string interfaceName, DeviceChange change)
{
    // The kernel takes longer messages, but allocates each in one piece.
    public const int MaxLength = 32_000;

    private const int HeaderSize = NetlinkConstants.AttributeHeaderLength;
    private const int KeySize = HeaderSize + WireGuardKey.Length;
    private const int NumberSize = 2 * HeaderSize;

    // An IPv6 network: a nested attribute with family, address and prefix length.
    private const int NetworkSize = HeaderSize + NumberSize + HeaderSize + 16 + NumberSize;

    // A peer with one network.
    private const int PeerSize = HeaderSize + KeySize + NumberSize + HeaderSize + NetworkSize;

    // struct sockaddr_in6, which is longer than sockaddr_in.
    private const int EndpointSize = HeaderSize + 28;

    private bool _started;
    private int _peer;
    private int _network;

    /// <summary>Writes the next message and gives its length; zero after the last message.</summary>
    public int WriteNext(Span<byte> message)
    {
        if (_started && _peer == change.Peers.Count)
            return 0;

        var writer = new AttributeWriter(
            message, NetlinkConstants.Request | NetlinkConstants.Ack, [WireGuardConstants.SetDevice, WireGuardConstants.Version, 0, 0]);
        writer.PutText(WireGuardConstants.DeviceName, interfaceName);
        if (!_started)
            PutDevice(ref writer);

        _started = true;
        if (_peer < change.Peers.Count)
        {
            var peers = writer.Begin(WireGuardConstants.DevicePeers);
            while (_peer < change.Peers.Count && writer.Room >= SizeOf(change.Peers[_peer]))
                PutPeer(ref writer, change.Peers[_peer]);

            writer.End(peers);
        }

        return writer.Length;
    }

    private static int SizeOf(PeerChange peer) => PeerSize + (peer.Endpoint is null ? 0 : EndpointSize) + (peer.KeepaliveSeconds is null ? 0 : NumberSize)
        + (peer.PresharedKey is null ? 0 : KeySize);

    private void PutDevice(ref AttributeWriter writer)
    {
        if (change.PrivateKey is { } key)
        {
            Span<byte> bytes = stackalloc byte[WireGuardKey.Length];
            key.CopyTo(bytes);
            writer.Put(WireGuardConstants.DevicePrivateKey, bytes);
            bytes.Clear();
        }

        if (change.ListenPort is { } port)
            writer.Put(WireGuardConstants.DeviceListenPort, (ushort)port);
    }

    private void PutPeer(ref AttributeWriter writer, PeerChange peer)
    {
        Span<byte> key = stackalloc byte[WireGuardKey.Length];
        peer.PublicKey.CopyTo(key);

        var start = writer.Begin(0);
        writer.Put(WireGuardConstants.PeerPublicKey, key);
        var networks = peer.Remove ? null : peer.AllowedIps;
        var isFirstPart = _network == 0;
        var flags = peer.Remove ? WireGuardConstants.RemoveMe
            : (networks is not null && isFirstPart ? WireGuardConstants.ReplaceAllowedIps : 0) | (peer.UpdateOnly ? WireGuardConstants.UpdateOnly : 0);
        if (flags != 0)
            writer.Put(WireGuardConstants.PeerFlags, flags);

        if (!peer.Remove && isFirstPart)
            PutSettings(ref writer, peer);

        if (networks is { Count: > 0 })
        {
            var allowedIps = writer.Begin(WireGuardConstants.PeerAllowedIps);
            while (_network < networks.Count && writer.Room >= NetworkSize)
                PutNetwork(ref writer, networks[_network++]);

            writer.End(allowedIps);
        }

        writer.End(start);
        if (networks is null || _network == networks.Count)
        {
            _network = 0;
            _peer++;
        }
    }

    private static void PutSettings(ref AttributeWriter writer, PeerChange peer)
    {
        if (peer.Endpoint is { } endpoint)
            PutEndpoint(ref writer, endpoint);

        if (peer.KeepaliveSeconds is { } keepalive)
            writer.Put(WireGuardConstants.PeerKeepalive, (ushort)keepalive);

        if (peer.PresharedKey is { } presharedKey)
        {
            Span<byte> bytes = stackalloc byte[WireGuardKey.Length];
            presharedKey.CopyTo(bytes);
            writer.Put(WireGuardConstants.PeerPresharedKey, bytes);
            bytes.Clear();
        }
    }

    // struct sockaddr_in: family, port in network order, address, 8 bytes of zero. sockaddr_in6: family, port, flow label, address, scope.
    private static void PutEndpoint(ref AttributeWriter writer, IPEndPoint endpoint)
    {
        var isV6 = endpoint.AddressFamily == AddressFamily.InterNetworkV6;
        Span<byte> address = stackalloc byte[28];
        address.Clear();
        MemoryMarshal.Write(address, isV6 ? WireGuardConstants.Inet6 : WireGuardConstants.Inet);
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], (ushort)endpoint.Port);
        endpoint.Address.TryWriteBytes(address[(isV6 ? 8 : 4)..], out _);
        if (isV6)
            MemoryMarshal.Write(address[24..], (uint)endpoint.Address.ScopeId);

        writer.Put(WireGuardConstants.PeerEndpoint, address[..(isV6 ? 28 : 16)]);
    }

    private static void PutNetwork(ref AttributeWriter writer, IPNetwork network)
    {
        Span<byte> address = stackalloc byte[16];
        network.BaseAddress.TryWriteBytes(address, out var length);
        var family = network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? WireGuardConstants.Inet : WireGuardConstants.Inet6;

        var start = writer.Begin(0);
        writer.Put(WireGuardConstants.AllowedIpFamily, family);
        writer.Put(WireGuardConstants.AllowedIpAddress, address[..length]);
        writer.Put(WireGuardConstants.AllowedIpPrefixLength, (byte)network.PrefixLength);
        writer.End(start);
    }
}
