using WgFleet.Config;
using WgFleet.Hosting;
using WgFleet.Store.Keys;
using WgFleet.Store.Engine;
using WgFleet.Tunnels;

namespace WgFleet.Fleets;

/// <summary>
/// Gives each fleet the same private key on all gateways that share a database: the first gateway saves the key there, sealed, and the others write it into
/// their wg_FLEET.conf. All methods block.
/// </summary>
internal sealed class SharedKeys(Database database, KeySeal seal)
{
    /// <summary>Writes wg_FLEET.conf where there is none and the database has the fleet's key.</summary>
    /// <exception cref="StartupException">A wg_FLEET.conf has another key than the database, cannot be read or written, or the key file does not open the key.</exception>
    public void Bring(ServerConfig config)
    {
        var keys = database.Load(FleetKeyTable.Load).ToDictionary(row => row.Fleet);
        foreach (var fleet in config.Fleets.Select(f => f.Tunnel))
        {
            if (!keys.TryGetValue(fleet.Name, out var shared))
                continue;

            var path = TunnelConf.PathOf(fleet, config.WireGuardDirectory);
            try
            {
                var key = seal.Open(fleet.Name, shared.Sealed);
                if (TunnelConf.Read(path) is not { } conf)
                    TunnelConf.New(fleet, key, path).Write();
                else if (conf.PrivateKey.PublicKey != key.PublicKey)
                    throw new TunnelException($"{path} has another key than the one that the gateways share: move the file away, and this gateway writes it with the shared key");
            }
            catch (TunnelException e)
            {
                throw new StartupException($"gateway: {e.Message}", e);
            }
        }
    }

    /// <summary>Saves the keys of fleets that the database has none of. A fleet whose interface is not up yet is left for the next start.</summary>
    /// <exception cref="StartupException">A wg_FLEET.conf cannot be read.</exception>
    /// <exception cref="StoreException">The database cannot be written.</exception>
    public void Save(ServerConfig config)
    {
        var known = database.Load(FleetKeyTable.Load).Select(row => row.Fleet).ToHashSet();
        try
        {
            var rows = new List<FleetKeyRow>();
            foreach (var fleet in config.Fleets.Select(f => f.Tunnel).Where(f => !known.Contains(f.Name)))
            {
                if (TunnelConf.Read(TunnelConf.PathOf(fleet, config.WireGuardDirectory)) is { PrivateKey: { } key })
                    rows.Add(new(fleet.Name, key.PublicKey, seal.Seal(fleet.Name, key)));
            }

            if (rows.Count > 0)
                database.Write(c => FleetKeyTable.Add(c, rows));
        }
        catch (TunnelException e)
        {
            throw new StartupException($"gateway: {e.Message}", e);
        }
    }
}
