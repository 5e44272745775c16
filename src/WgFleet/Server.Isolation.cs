using WgFleet.Config;
using WgFleet.Fleets.Isolation;
using WgFleet.Tunnels;

namespace WgFleet;

/// <content>The nftables tables of fleets that no longer isolate their clients.</content>
internal sealed partial class Server
{
    /// <summary>
    /// Removes the tables of fleets whose isolation was removed, also while no server ran. The table of a fleet that is gone stays until the next boot, as its
    /// interface does: without it, those who still have tunnels would reach each other.
    /// </summary>
    private async Task RemoveTablesAsync(ServerConfig config, Kept kept)
    {
        try
        {
            await LeftTables.RemoveAsync(config.Fleets, _nft, kept.Signals.Stopping);
        }
        catch (TunnelException e)
        {
            Log.TablesLeft(kept.Log, e.Message);
        }
    }
}
