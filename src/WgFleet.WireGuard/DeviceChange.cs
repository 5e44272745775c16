using System.Net;

namespace WgFleet.WireGuard;

/// <summary>A change to the WireGuard side of an interface; a property that is null leaves that part as it is.</summary>
public sealed record DeviceChange
{
    /// <summary>The new private key.</summary>
    public PrivateKey? PrivateKey { get; init; }

    /// <summary>The new UDP port.</summary>
    public int? ListenPort { get; init; }

    /// <summary>The peers to add, change or remove; all other peers stay as they are.</summary>
    public IReadOnlyList<PeerChange> Peers { get; init; } = [];
}

/// <summary>A change to one peer.</summary>
/// <param name="PublicKey">The peer's public key.</param>
public sealed record PeerChange(WireGuardKey PublicKey)
{
    /// <summary>Removes the peer; removing a peer that is not there is not an error.</summary>
    public bool Remove { get; init; }

    /// <summary>Replaces the networks that are routed to the peer; null leaves them as they are.</summary>
    /// <remarks>A network that belongs to another peer moves to this one.</remarks>
    public IReadOnlyList<IPNetwork>? AllowedIps { get; init; }

    /// <summary>Where packets for the peer are sent until it is heard of; null leaves it as it is.</summary>
    public IPEndPoint? Endpoint { get; init; }

    /// <summary>
    /// How often WireGuard sends the peer a packet if there is nothing else to send, in seconds; 0 for never, null leaves it as it is.
    /// </summary>
    /// <remarks>
    /// A change from 0 to another number while the interface is up sends such a packet at once. If there is no session but an endpoint, that is a
    /// handshake initiation, which WireGuard repeats every 5 s for up to 90 s (set_peer in the kernel's drivers/net/wireguard/netlink.c,
    /// handlePostConfig in wireguard-go's device/uapi.go).
    /// </remarks>
    public int? KeepaliveSeconds { get; init; }

    /// <summary>The new preshared key; <see cref="PresharedKey.None"/> removes it, null leaves it as it is.</summary>
    /// <remarks>The peer's session goes on with the old one until its next handshake, which is within two minutes.</remarks>
    public PresharedKey? PresharedKey { get; init; }

    /// <summary>Changes the peer only if it is there; otherwise it is added.</summary>
    public bool UpdateOnly { get; init; }

    /// <summary>Adds a peer with one network, or replaces the networks of an existing peer by that one.</summary>
    public static PeerChange Set(WireGuardKey publicKey, IPNetwork allowedIp) => new(publicKey) { AllowedIps = [allowedIp] };

    /// <summary>Removes a peer.</summary>
    public static PeerChange Delete(WireGuardKey publicKey) => new(publicKey) { Remove = true };
}
