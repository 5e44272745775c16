using System.Net;

namespace WgFleet.WireGuard.Tests;

/// <summary>Values whose content does not matter to a test.</summary>
internal static class Some
{
    public static WireGuardKey Key() => PrivateKey.Generate().PublicKey;

    /// <summary>Sets a new peer with the n-th address of fd00::/64.</summary>
    public static PeerChange Peer(int n) => PeerChange.Set(Key(), Network(n));

    public static IPNetwork Network(int n) => IPNetwork.Parse($"fd00::{n:x}/128");
}
