namespace WgFleet.WireGuard;

/// <summary>
/// Reads WireGuard interfaces and changes their peers: userspace WireGuard by its UAPI socket, the kernel's by netlink.
/// Safe for concurrent use. Neither creates nor removes interfaces; that is wg-quick's work.
/// </summary>
public interface IWireGuard : IDisposable
{
    /// <summary>Reads an interface with all its peers.</summary>
    /// <exception cref="DeviceNotFoundException">There is no such interface, or nothing answers for it.</exception>
    /// <exception cref="WireGuardException">It answered with an error.</exception>
    Task<Device> GetDeviceAsync(string interfaceName, CancellationToken cancellationToken);

    /// <summary>Applies a change in as few messages as possible, in the order given.</summary>
    /// <exception cref="DeviceNotFoundException">There is no such interface, or nothing answers for it.</exception>
    /// <exception cref="WireGuardException">It refused the change; part of it may have been applied.</exception>
    Task ChangeAsync(string interfaceName, DeviceChange change, CancellationToken cancellationToken);
}

/// <summary>WireGuard answered with an error.</summary>
public class WireGuardException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>There is no such WireGuard interface, or nothing answers for it.</summary>
public sealed class DeviceNotFoundException(string interfaceName, Exception? inner = null)
    : WireGuardException($"no WireGuard interface {interfaceName}", inner)
{
    /// <summary>The interface that was asked for.</summary>
    public string InterfaceName { get; } = interfaceName;
}
