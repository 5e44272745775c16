namespace WgFleet.WireGuard;

/// <summary>
/// Reads WireGuard interfaces and changes their keys, ports and peers. Safe for concurrent use. Interfaces are created and
/// removed elsewhere.
/// </summary>
public interface IWireGuard : IDisposable
{
    /// <summary>Reads an interface with all its peers.</summary>
    /// <exception cref="DeviceNotFoundException">There is no such interface, or nothing answers for it.</exception>
    /// <exception cref="WireGuardException">WireGuard answered with an error, or not in time.</exception>
    Task<Device> GetDeviceAsync(string interfaceName, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the properties of an interface besides its peers. The kernel needs the same time for any number of peers; a userspace program
    /// still writes them all.
    /// </summary>
    /// <exception cref="DeviceNotFoundException">There is no such interface, or nothing answers for it.</exception>
    /// <exception cref="WireGuardException">WireGuard answered with an error, or not in time.</exception>
    Task<DeviceSettings> GetSettingsAsync(string interfaceName, CancellationToken cancellationToken);

    /// <summary>Applies a change in as few messages as possible, peers in the order given.</summary>
    /// <exception cref="DeviceNotFoundException">There is no such interface, or nothing answers for it.</exception>
    /// <exception cref="PortInUseException">Another interface or program has the UDP port.</exception>
    /// <exception cref="WireGuardException">WireGuard refused the change or did not answer in time; part of the change may have been applied.</exception>
    Task ChangeAsync(string interfaceName, DeviceChange change, CancellationToken cancellationToken);
}
