using WgFleet.Hosting;
using WgFleet.WireGuard;

namespace WgFleet.Fleets;

/// <summary>Requests a check of a fleet's interface as soon as the kernel reports a change.</summary>
internal sealed class TunnelWatch(IReadOnlyDictionary<string, PeerSync> links, IInterfaces interfaces)
{
    /// <summary>Follows the kernel's notifications until it is stopped.</summary>
    /// <exception cref="WireGuardException">The kernel cannot be watched.</exception>
    public async Task RunAsync(Part part, CancellationToken stopping)
    {
        await foreach (var change in interfaces.WatchAsync(stopping))
        {
            foreach (var link in links.Values.Where(link => change.Concerns(link.Tunnel.Fleet.Interface)))
                link.CheckSoon();

            part.Works();
        }
    }
}
