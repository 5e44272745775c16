using System.Collections.Concurrent;

namespace WgFleet.WireGuard.Uapi;

/// <summary>Userspace WireGuard: wireguard-go and other programs that offer a UAPI socket for each interface.</summary>
/// <param name="directory">The directory of the sockets; every implementation for Linux uses the default.</param>
internal sealed class UapiWireGuard(string directory = "/var/run/wireguard") : IWireGuard
{
    private readonly ConcurrentDictionary<string, UapiConnection> _connections = new();
    private volatile bool _disposed;

    public async Task<Device> GetDeviceAsync(string interfaceName, CancellationToken cancellationToken)
    {
        using var answer = await Connection(interfaceName).AskAsync(UapiText.Get, cancellationToken);
        try
        {
            return DeviceText.Read(interfaceName, answer.Written.Span);
        }
        catch (FormatException e)
        {
            throw new WireGuardException($"{interfaceName} gave an answer that cannot be read: {e.Message}", e);
        }
    }

    public async Task<DeviceSettings> GetSettingsAsync(string interfaceName, CancellationToken cancellationToken)
    {
        using var answer = await Connection(interfaceName).AskForHeadAsync(cancellationToken);
        try
        {
            var device = DeviceText.Read(interfaceName, UapiText.Head(answer.Written.Span));
            return new DeviceSettings(device.PrivateKey, device.ListenPort);
        }
        catch (FormatException e)
        {
            throw new WireGuardException($"{interfaceName} gave an answer that cannot be read: {e.Message}", e);
        }
    }

    public async Task ChangeAsync(string interfaceName, DeviceChange change, CancellationToken cancellationToken)
    {
        using var request = UapiText.Set(change);
        using var answer = await Connection(interfaceName).AskAsync(request.Written, cancellationToken);
    }

    /// <summary>True if there is a socket for the interface, even if no program listens on it any more.</summary>
    public bool HasSocket(string interfaceName) => File.Exists(PathOf(directory, interfaceName));

    public void Dispose()
    {
        _disposed = true;
        foreach (var connection in _connections.Values)
            connection.Dispose();
    }

    private UapiConnection Connection(string interfaceName)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _connections.GetOrAdd(
            interfaceName,
            static (name, directory) => new UapiConnection(name, PathOf(directory, name)),
            directory);
    }

    private static string PathOf(string directory, string interfaceName) => Path.Combine(directory, interfaceName + ".sock");
}
