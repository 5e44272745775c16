using System.Net;

namespace WgFleet.WireGuard;

/// <summary>The WireGuard state of an interface at the moment it was read.</summary>
/// <param name="Name">The interface's name.</param>
/// <param name="PrivateKey">The interface's private key; null if none is set.</param>
/// <param name="ListenPort">The UDP port the interface listens on.</param>
/// <param name="Peers">The interface's peers, in no particular order.</param>
public sealed record Device(string Name, PrivateKey? PrivateKey, int ListenPort, IReadOnlyList<Peer> Peers);

/// <summary>The properties of an interface besides its peers, at the moment it was read.</summary>
/// <param name="PrivateKey">The interface's private key; null if none is set.</param>
/// <param name="ListenPort">The UDP port the interface listens on.</param>
public sealed record DeviceSettings(PrivateKey? PrivateKey, int ListenPort);

/// <summary>A peer of an interface at the moment it was read.</summary>
/// <param name="PublicKey">The peer's public key.</param>
/// <param name="AllowedIps">The networks that are routed to the peer.</param>
/// <param name="Endpoint">The source of the peer's last packet, or the endpoint that was set; null if unknown.</param>
/// <param name="LastHandshake">When the last handshake was completed, in UTC; null if never.</param>
/// <param name="ReceivedBytes">Bytes received from the peer since it was added.</param>
/// <param name="SentBytes">Bytes sent to the peer since it was added.</param>
public sealed record Peer(
    WireGuardKey PublicKey,
    IReadOnlyList<IPNetwork> AllowedIps,
    IPEndPoint? Endpoint,
    DateTimeOffset? LastHandshake,
    long ReceivedBytes,
    long SentBytes)
{
    /// <summary>How often WireGuard sends the peer a packet if there is nothing else to send, in seconds; 0 for never.</summary>
    public int KeepaliveSeconds { get; init; }

    /// <summary>The preshared key; null if none is set. A peer that does not have the same one cannot complete a handshake.</summary>
    public PresharedKey? PresharedKey { get; init; }
}
