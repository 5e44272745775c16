using WgFleet.WireGuard.Netlink;
using WgFleet.WireGuard.Uapi;

namespace WgFleet.WireGuard;

/// <summary>Whatever answers for an interface: the socket of a program if there is one, as with wg(8), else the kernel.</summary>
internal sealed class EitherWireGuard(UapiWireGuard programs, NetlinkWireGuard kernel) : IWireGuard
{
    public async Task<Device> GetDeviceAsync(string interfaceName, CancellationToken cancellationToken)
    {
        try
        {
            if (programs.HasSocket(interfaceName))
                return await programs.GetDeviceAsync(interfaceName, cancellationToken);
        }
        catch (DeviceNotFoundException)
        {
            // The socket of a program that has ended: the interface of that name may be the kernel's now.
        }

        return await kernel.GetDeviceAsync(interfaceName, cancellationToken);
    }

    public async Task ChangeAsync(string interfaceName, DeviceChange change, CancellationToken cancellationToken)
    {
        try
        {
            if (programs.HasSocket(interfaceName))
            {
                await programs.ChangeAsync(interfaceName, change, cancellationToken);
                return;
            }
        }
        catch (DeviceNotFoundException)
        {
            // As above.
        }

        await kernel.ChangeAsync(interfaceName, change, cancellationToken);
    }

    public void Dispose()
    {
        programs.Dispose();
        kernel.Dispose();
    }
}
