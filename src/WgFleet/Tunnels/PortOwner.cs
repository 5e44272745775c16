using WgFleet.Config;
using WgFleet.WireGuard;

namespace WgFleet.Tunnels;

/// <summary>
/// Finds out who has a fleet's UDP port before it is set on the interface: wireguard-go does not report that a port is in use, and the
/// kernel does not say who has it.
/// </summary>
internal sealed class PortOwner(IInterfaces interfaces, IWireGuard wireGuard)
{
    /// <summary>Throws if another interface or program has the port.</summary>
    /// <exception cref="TunnelException">The port is in use; the message names the interface, or the command that finds the program.</exception>
    public async Task CheckAsync(TunnelConfig fleet, CancellationToken cancellationToken)
    {
        if (!interfaces.IsUdpPortFree(fleet.Port))
            throw await ExplainAsync(fleet, null, cancellationToken);
    }

    /// <summary>The error for a port in use.</summary>
    public async Task<TunnelException> ExplainAsync(TunnelConfig fleet, Exception? inner, CancellationToken cancellationToken)
    {
        var owner = await FindAsync(fleet, cancellationToken);
        return new TunnelException(
            owner is not null
                ? $"UDP port {fleet.Port} is in use by the interface {owner}: remove it with `ip link delete dev {owner}`, or give fleet {fleet.Name} another port"
                : $"UDP port {fleet.Port} is in use by another program, which `ss -ulnp sport = :{fleet.Port}` shows: stop it, or give fleet {fleet.Name} another port",
            inner);
    }

    private async Task<string?> FindAsync(TunnelConfig fleet, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var link in await interfaces.ListAsync(cancellationToken))
            {
                if (link.Kind is "wireguard" or "tun" && link.Name != fleet.Interface && await ListensAsync(link.Name, fleet.Port, cancellationToken))
                    return link.Name;
            }
        }
        catch (WireGuardException)
        {
            // Then it is unknown who has the port.
        }

        return null;
    }

    private async Task<bool> ListensAsync(string name, int port, CancellationToken cancellationToken)
    {
        try
        {
            return (await wireGuard.GetDeviceAsync(name, cancellationToken)).ListenPort == port;
        }
        catch (WireGuardException)
        {
            return false;
        }
    }
}
