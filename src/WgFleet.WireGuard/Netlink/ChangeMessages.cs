using System.Net;
using System.Net.Sockets;

namespace WgFleet.WireGuard.Netlink;

/// <summary>Writes a change as few messages as it takes: each filled with peers, one with many networks going on in the next.</summary>
internal sealed class ChangeMessages(string interfaceName, DeviceChange change)
{
    // The kernel takes more, but asks for its memory in one piece.
    public const int MaxLength = 32_000;

    private const int KeySize = Nl.AttributeHeaderLength + WireGuardKey.Length;
    private const int NumberSize = 2 * Nl.AttributeHeaderLength;

    // An IPv6 network: a nest of family, address and prefix length.
    private const int NetworkSize = Nl.AttributeHeaderLength + NumberSize + Nl.AttributeHeaderLength + 16 + NumberSize;

    // A peer with one network.
    private const int PeerSize = Nl.AttributeHeaderLength + KeySize + NumberSize + Nl.AttributeHeaderLength + NetworkSize;

    private bool _begun;
    private int _peer;
    private int _network;

    /// <summary>Writes the next message, without its stamp, and gives its length; zero after the last.</summary>
    public int WriteNext(Span<byte> message)
    {
        if (_begun && _peer == change.Peers.Count)
            return 0;

        var writer = new AttributeWriter(message, Nl.Request | Nl.Ack, Wg.SetDevice, Wg.Version);
        writer.PutText(Wg.DeviceName, interfaceName);
        if (!_begun && change.ListenPort is { } port)
            writer.Put(Wg.DeviceListenPort, (ushort)port);

        _begun = true;
        if (_peer < change.Peers.Count)
        {
            var peers = writer.Begin(Wg.DevicePeers);
            while (_peer < change.Peers.Count && writer.Room >= PeerSize)
                PutPeer(ref writer, change.Peers[_peer]);

            writer.End(peers);
        }

        return writer.Length;
    }

    private void PutPeer(ref AttributeWriter writer, PeerChange peer)
    {
        Span<byte> key = stackalloc byte[WireGuardKey.Length];
        peer.PublicKey.CopyTo(key);

        var start = writer.Begin(0);
        writer.Put(Wg.PeerPublicKey, key);
        var networks = peer.Remove ? null : peer.AllowedIps;
        if (peer.Remove)
            writer.Put(Wg.PeerFlags, Wg.RemoveMe);
        else if (networks is not null && _network == 0)
            writer.Put(Wg.PeerFlags, Wg.ReplaceAllowedIps);

        if (networks is { Count: > 0 })
        {
            var allowedIps = writer.Begin(Wg.PeerAllowedIps);
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

        var start = writer.Begin(0);
        writer.Put(Wg.AllowedIpFamily, network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? Wg.Inet : Wg.Inet6);
        writer.Put(Wg.AllowedIpAddress, address[..length]);
        writer.Put(Wg.AllowedIpPrefixLength, (byte)network.PrefixLength);
        writer.End(start);
    }
}
