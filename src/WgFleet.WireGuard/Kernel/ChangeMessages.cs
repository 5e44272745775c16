using System.Net;
using System.Net.Sockets;
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
            while (_peer < change.Peers.Count && writer.Room >= PeerSize)
                PutPeer(ref writer, change.Peers[_peer]);

            writer.End(peers);
        }

        return writer.Length;
    }

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
        if (peer.Remove)
            writer.Put(WireGuardConstants.PeerFlags, WireGuardConstants.RemoveMe);
        else if (networks is not null && _network == 0)
            writer.Put(WireGuardConstants.PeerFlags, WireGuardConstants.ReplaceAllowedIps);

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
