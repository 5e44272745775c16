using WgFleet.WireGuard;

namespace WgFleet.Tunnels;

/// <content>wg_FLEET.conf and the key of a fleet.</content>
internal sealed partial class FleetTunnel
{
    /// <summary>
    /// Takes wg_FLEET.conf. While the interface works, trouble with the file is only noted: the file is needed when the interface is made
    /// anew, and until then the clients lose nothing.
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

    /// <summary>The addresses that wg_FLEET.conf has and is not to have any more.</summary>
    private IReadOnlyList<InterfaceAddress> ReplacedAddresses()
    {
        try
        {
            return TunnelConf.Read(TunnelConf.PathOf(fleet, directory)) is { } conf ? [.. conf.Addresses.Except(conf.For(fleet).Addresses)] : [];
        }
        catch (TunnelException)
        {
            // Whoever brings the interface up is told.
            return [];
        }
    }

    /// <summary>Reads or makes wg_FLEET.conf, and brings it in line with the configuration.</summary>
    /// <returns>The file, and the addresses that it had before and has no more.</returns>
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
    /// The clients have the public key of the interface that they talked to, so the interface's key counts, whatever the file says.
    /// A key that somebody gave to the running interface counts only if it is in the file too.
    /// </summary>
    private PrivateKey ChooseKey(TunnelConf conf, PrivateKey? used)
    {
        if (used is null || used.PublicKey == conf.PrivateKey.PublicKey)
            return conf.PrivateKey;

        return _key ?? used;
    }
}
