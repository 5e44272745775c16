namespace WgFleet.WireGuard;

/// <summary>WireGuard, or the kernel's network configuration, answered with an error or not at all.</summary>
public class WireGuardException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>There is no such WireGuard interface, or nothing answers for it.</summary>
public sealed class DeviceNotFoundException(string interfaceName, Exception? inner = null)
    : WireGuardException($"no WireGuard interface {interfaceName}", inner)
{
    /// <summary>The name of the interface.</summary>
    public string InterfaceName { get; } = interfaceName;
}

/// <summary>The UDP port of an interface is in use by another interface or program.</summary>
public sealed class PortInUseException(string interfaceName, string explanation, Exception? inner = null)
    : WireGuardException($"{interfaceName} refused: {explanation}", inner)
{
    /// <summary>The name of the interface that could not have the port.</summary>
    public string InterfaceName { get; } = interfaceName;
}
