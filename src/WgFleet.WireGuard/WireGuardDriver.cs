using WgFleet.WireGuard.Uapi;

namespace WgFleet.WireGuard;

/// <summary>Chooses how WireGuard is spoken to on this machine.</summary>
public static class WireGuardDriver
{
    /// <summary>
    /// Userspace WireGuard (wireguard-go and its like), by its sockets in /var/run/wireguard; the kernel's own will be
    /// asked first once there is a driver for it. Does no input or output yet, so it cannot fail.
    /// </summary>
    public static IWireGuard Open() => new UapiWireGuard();
}
