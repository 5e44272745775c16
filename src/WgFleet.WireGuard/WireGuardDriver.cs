using WgFleet.WireGuard.Netlink;
using WgFleet.WireGuard.Uapi;

namespace WgFleet.WireGuard;

/// <summary>Chooses how WireGuard is spoken to on this machine.</summary>
public static class WireGuardDriver
{
    /// <summary>
    /// Userspace WireGuard (wireguard-go and its like) where its socket in /var/run/wireguard answers for an interface, the
    /// kernel's own for all others. Does no input or output yet, so it cannot fail.
    /// </summary>
    /// <remarks>The kernel's takes CAP_NET_ADMIN, and has the interfaces of the caller's network namespace.</remarks>
    public static IWireGuard Open() => new EitherWireGuard(new UapiWireGuard(), new NetlinkWireGuard());
}
