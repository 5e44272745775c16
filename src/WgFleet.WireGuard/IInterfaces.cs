using System.Net;

namespace WgFleet.WireGuard;

/// <summary>
/// Creates, changes, reads and watches network interfaces in the caller's network namespace. Safe for concurrent use. Changes need
/// CAP_NET_ADMIN. Every method ends within 5 seconds, <see cref="CreateAsync"/> within 30 seconds.
/// </summary>
public interface IInterfaces : IDisposable
{
    /// <summary>Reads an interface; null if there is none of that name.</summary>
    /// <exception cref="WireGuardException">The kernel answered with an error, or not in time.</exception>
    Task<InterfaceState?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>Reads all interfaces.</summary>
    /// <exception cref="WireGuardException">The kernel answered with an error, or not in time.</exception>
    Task<IReadOnlyList<InterfaceState>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Creates a WireGuard interface without key, port and addresses: in the kernel, or by a userspace program where the kernel has
    /// no WireGuard. The program keeps running when this process ends.
    /// </summary>
    /// <exception cref="WireGuardException">The interface exists already or cannot be created; the message says why.</exception>
    Task<WireGuardImplementation> CreateAsync(string name, CancellationToken cancellationToken);

    /// <summary>Deletes an interface; a userspace program that serves it ends by itself. Deleting a missing one is not an error.</summary>
    /// <exception cref="WireGuardException">The kernel answered with an error, or not in time.</exception>
    Task DeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>Applies a change: the MTU, then addresses, then up or down, then routes.</summary>
    /// <exception cref="DeviceNotFoundException">There is no such interface.</exception>
    /// <exception cref="PortInUseException">The interface cannot come up, as its UDP port is in use.</exception>
    /// <exception cref="WireGuardException">The kernel refused; part of the change may have been applied.</exception>
    Task ChangeAsync(string name, InterfaceChange change, CancellationToken cancellationToken);

    /// <summary>The name of the interface that the kernel sends packets for an address to; null if there is no route.</summary>
    /// <exception cref="WireGuardException">The kernel answered with an error, or not in time.</exception>
    Task<string?> FindPathAsync(IPAddress address, CancellationToken cancellationToken);

    /// <summary>Returns the MTU that wg-quick would choose for a new interface: that of the default route less 80 bytes, usually 1420.</summary>
    /// <exception cref="WireGuardException">The kernel answered with an error, or not in time.</exception>
    Task<int> ChooseMtuAsync(CancellationToken cancellationToken);

    /// <summary>
    /// True if neither an interface nor a program has a UDP port. WireGuard itself cannot tell: wireguard-go does not report that a port is in
    /// use.
    /// </summary>
    bool IsUdpPortFree(int port);

    /// <summary>
    /// Reports which interfaces were created, deleted or changed, or got or lost an address. Changes that come while the reader is
    /// busy are merged. The first report says that everything may have changed: what is read after it misses nothing.
    /// </summary>
    /// <exception cref="WireGuardException">The kernel cannot be watched.</exception>
    IAsyncEnumerable<ChangedInterfaces> WatchAsync(CancellationToken cancellationToken);
}

/// <summary>What serves a WireGuard interface.</summary>
public enum WireGuardImplementation
{
    /// <summary>The kernel.</summary>
    Kernel,

    /// <summary>A userspace program such as wireguard-go.</summary>
    Userspace,
}

/// <summary>Interfaces that have changed since the last report.</summary>
/// <param name="Everything">True if the kernel dropped notifications, or the watch has just begun: any interface may have changed.</param>
/// <param name="Names">The names of the changed interfaces; both names after a rename.</param>
public sealed record ChangedInterfaces(bool Everything, IReadOnlySet<string> Names)
{
    /// <summary>True if this interface may have changed.</summary>
    public bool Concerns(string name) => Everything || Names.Contains(name);
}
