namespace WgFleet.WireGuard.Drivers;

/// <summary>Uses userspace WireGuard if it has a socket for the interface, as wg(8) does, and the kernel otherwise.</summary>
internal sealed class FallbackWireGuard(Uapi.UapiWireGuard userspace, IWireGuard kernel) : IWireGuard
{
    public Task<Device> GetDeviceAsync(string interfaceName, CancellationToken cancellationToken) =>
        AskAsync(interfaceName, wireGuard => wireGuard.GetDeviceAsync(interfaceName, cancellationToken));

    public Task<DeviceSettings> GetSettingsAsync(string interfaceName, CancellationToken cancellationToken) =>
        AskAsync(interfaceName, wireGuard => wireGuard.GetSettingsAsync(interfaceName, cancellationToken));

    public Task ChangeAsync(string interfaceName, DeviceChange change, CancellationToken cancellationToken) =>
        AskAsync(interfaceName, async wireGuard =>
        {
            await wireGuard.ChangeAsync(interfaceName, change, cancellationToken);
            return true;
        });

    public void Dispose()
    {
        userspace.Dispose();
        kernel.Dispose();
    }

    private async Task<T> AskAsync<T>(string interfaceName, Func<IWireGuard, Task<T>> question)
    {
        try
        {
            if (userspace.HasSocket(interfaceName))
                return await question(userspace);
        }
        catch (DeviceNotFoundException)
        {
            // A program that has ended leaves its socket behind. The kernel may have an interface of that name now.
        }

        return await question(kernel);
    }
}
