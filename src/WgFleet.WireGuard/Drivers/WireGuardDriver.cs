using WgFleet.WireGuard.Kernel;
using WgFleet.WireGuard.Uapi;

namespace WgFleet.WireGuard.Drivers;

/// <summary>Creates drivers for WireGuard on this machine.</summary>
public static class WireGuardDriver
{
    /// <summary>
    /// Returns a driver that uses userspace WireGuard (wireguard-go and others) if its socket in /var/run/wireguard answers for an
    /// interface, and the kernel otherwise. Every request has a time limit, see <see cref="TimeLimitedWireGuard"/>. Opens nothing yet,
    /// so it cannot fail.
    /// </summary>
    /// <remarks>The kernel's WireGuard needs CAP_NET_ADMIN and has the interfaces of the caller's network namespace.</remarks>
    /// <param name="time">Tells the time; the system's clock by default.</param>
    public static IWireGuard Open(TimeProvider? time = null) =>
        new TimeLimitedWireGuard(new FallbackWireGuard(new UapiWireGuard(), new KernelWireGuard()), time ?? TimeProvider.System);

    /// <summary>Returns the network interfaces of the caller's network namespace. Opens nothing yet, so it cannot fail.</summary>
    /// <param name="time">Tells the time; the system's clock by default.</param>
    public static IInterfaces OpenInterfaces(TimeProvider? time = null) => new Links.Interfaces(time ?? TimeProvider.System);
}
