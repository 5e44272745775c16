using System.Net;

namespace WgFleet.WireGuard;

/// <summary>A WireGuard interface as it is now.</summary>
/// <param name="Name">The interface's name.</param>
/// <param name="PrivateKey">Its private key; null if it has none.</param>
/// <param name="ListenPort">The UDP port it listens on, host order.</param>
/// <param name="Peers">Its peers, in no order.</param>
public sealed record Device(string Name, PrivateKey? PrivateKey, int ListenPort, IReadOnlyList<Peer> Peers);

/// <summary>A peer of an interface as it is now.</summary>
/// <param name="PublicKey">Its key.</param>
/// <param name="AllowedIps">The networks routed to it.</param>
/// <param name="Endpoint">Where its packets last came from; null if unknown.</param>
/// <param name="LastHandshake">When the last handshake was completed, in UTC; null if never.</param>
/// <param name="ReceivedBytes">Bytes received from it since it was added.</param>
/// <param name="SentBytes">Bytes sent to it since it was added.</param>
public sealed record Peer(
    WireGuardKey PublicKey,
    IReadOnlyList<IPNetwork> AllowedIps,
    IPEndPoint? Endpoint,
    DateTimeOffset? LastHandshake,
    long ReceivedBytes,
    long SentBytes);

/// <summary>What to change on an interface; null means leave alone.</summary>
public sealed record DeviceChange
{
    /// <summary>The new UDP port, host order.</summary>
    public int? ListenPort { get; init; }

    /// <summary>The peers to add, change or remove; others stay as they are.</summary>
    public IReadOnlyList<PeerChange> Peers { get; init; } = [];
}

/// <summary>What to change on one peer.</summary>
/// <param name="PublicKey">Which peer.</param>
public sealed record PeerChange(WireGuardKey PublicKey)
{
    /// <summary>Remove the peer; nothing happens if it is not there.</summary>
    public bool Remove { get; init; }

    /// <summary>The networks routed to it, instead of those it has; null leaves them alone.</summary>
    /// <remarks>A network that another peer has moves to this one.</remarks>
    public IReadOnlyList<IPNetwork>? AllowedIps { get; init; }

    /// <summary>Adds a peer, or gives an existing one exactly this one address.</summary>
    public static PeerChange Set(WireGuardKey publicKey, IPNetwork allowedIp) => new(publicKey) { AllowedIps = [allowedIp] };

    /// <summary>Removes a peer.</summary>
    public static PeerChange Delete(WireGuardKey publicKey) => new(publicKey) { Remove = true };
}
