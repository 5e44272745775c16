using WgFleet.Config;
using WgFleet.Fleets.Isolation;
using WgFleet.Tunnels;

namespace WgFleet;

/// <content>The nftables tables that no fleet wants any more.</content>
internal sealed partial class Server
{
    /// <summary>Removes the tables of fleets that a reload has removed; at the start, those of fleets whose isolation was removed while no server ran.</summary>
    private async Task RemoveTablesAsync(ServerConfig config, Kept kept)
    {
        try
        {
            foreach (var (_, link) in kept.Links.Where(l => !config.Fleets.Any(f => f.Name == l.Key)))
                await link.LeaveAsync(kept.Signals.Stopping);

            if (kept.Links.Count == 0)
                await LeftTables.RemoveAsync(config.Fleets, _nft, kept.Signals.Stopping);
        }
        catch (TunnelException e)
        {
            Log.TablesLeft(kept.Log, e.Message);
        }
    }
}
