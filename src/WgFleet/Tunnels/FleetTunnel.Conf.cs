using WgFleet.WireGuard;

namespace WgFleet.Tunnels;

/// <content>wg_FLEET.conf and the key of a fleet.</content>
internal sealed partial class FleetTunnel
{
    /// <summary>
    /// Reads wg_FLEET.conf. While the interface works, a problem of the file is only noted: the file is needed when the interface is created
    /// anew, and until then the tunnels work.
    /// </summary>
    private (TunnelConf Conf, IReadOnlyList<InterfaceAddress> Replaced) TakeConf(Device? device)
    {
        try
        {
            Trouble = null;
            return UpdateConf(device);
        }
        catch (TunnelException e) when (device?.PrivateKey is { } used)
        {
            Trouble = e.Message;
            return (TunnelConf.New(fleet, _key ?? used, TunnelConf.PathOf(fleet, directory)), []);
        }
    }

    /// <summary>The addresses in wg_FLEET.conf that must be removed.</summary>
    private IReadOnlyList<InterfaceAddress> ReplacedAddresses()
    {
        try
        {
            return TunnelConf.Read(TunnelConf.PathOf(fleet, directory)) is { } conf ? [.. conf.Addresses.Except(conf.For(fleet).Addresses)] : [];
        }
        catch (TunnelException)
        {
            // The caller that brings the interface up gets the exception.
            return [];
        }
    }

    /// <summary>Reads or creates wg_FLEET.conf, and writes the configuration's address and port into it.</summary>
    /// <returns>The file, and the addresses that were removed from it.</returns>
    private (TunnelConf Conf, IReadOnlyList<InterfaceAddress> Replaced) UpdateConf(Device? device)
    {
        var path = TunnelConf.PathOf(fleet, directory);
        if (TunnelConf.Read(path) is not { } found)
        {
            var key = _key ?? device?.PrivateKey;
            var made = TunnelConf.New(fleet, key ?? PrivateKey.Generate(), path);
            made.Write();
            if (key is not null)
                Log.ConfRebuilt(log, path, fleet.Interface);
            else
                Log.KeyMade(log, path, fleet.Name, made.PrivateKey.PublicKey);

            return (made, []);
        }

        var conf = found.For(fleet);
        if (conf == found)
            return (conf, []);

        conf.Write();
        var replaced = found.Addresses.Except(conf.Addresses).ToList();
        Log.ConfChanged(log, path, string.Join(", ", found.Addresses), found.Port, string.Join(", ", conf.Addresses), conf.Port);
        return (conf, replaced);
    }

    /// <summary>
    /// The clients have the public key of the running interface, so the interface's key is kept, whatever the file says.
    /// A key that somebody has set on the running interface is kept only if it is in the file too.
    /// </summary>
    private PrivateKey ChooseKey(TunnelConf conf, PrivateKey? used)
    {
        if (used is null || used.PublicKey == conf.PrivateKey.PublicKey)
            return conf.PrivateKey;

        return _key ?? used;
    }
}
