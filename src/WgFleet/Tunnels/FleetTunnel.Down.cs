using WgFleet.WireGuard;

namespace WgFleet.Tunnels;

/// <content>The end of a fleet's interface on this gateway, when another gateway has the fleet.</content>
internal sealed partial class FleetTunnel
{
    /// <summary>Removes the interface, with its peers and addresses; wg_FLEET.conf stays. Does nothing if there is none.</summary>
    /// <exception cref="TunnelException">wg-quick cannot take it down.</exception>
    /// <exception cref="WireGuardException">The kernel refuses, or does not answer in time.</exception>
    public async Task TakeDownAsync(CancellationToken cancellationToken)
    {
        if (await interfaces.FindAsync(fleet.Interface, cancellationToken) is null)
            return;

        var path = TunnelConf.PathOf(fleet, directory);
        if (ReadsWithWgQuick(path))
            await run("wg-quick", ["down", path], cancellationToken);
        else
            await interfaces.DeleteAsync(fleet.Interface, cancellationToken);

        Log.TakenDown(log, fleet.Interface);
    }

    private static bool ReadsWithWgQuick(string path)
    {
        try
        {
            return TunnelConf.Read(path)?.NeedsWgQuick is not null;
        }
        catch (TunnelException)
        {
            // What the file would have wg-quick do cannot be known; the interface goes all the same.
            return false;
        }
    }
}
