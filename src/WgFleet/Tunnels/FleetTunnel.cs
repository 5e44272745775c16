using WgFleet.Config;
using WgFleet.WireGuard;

namespace WgFleet.Tunnels;

/// <summary>A fleet's interface: its key made once and kept, brought up, and given the port and address that the config says.</summary>
internal sealed partial class FleetTunnel(
    FleetConfig fleet, string directory, IWireGuard wireGuard, ProgramRunner run, ILogger<FleetTunnel> log)
{
    private WireGuardKey? _publicKey;

    public FleetConfig Fleet => fleet;

    /// <summary>The gateway's public key in this fleet; null until <see cref="EnsureUpAsync"/> has ended well.</summary>
    public WireGuardKey? PublicKey => _publicKey;

    /// <summary>What is wrong although the interface works; null if nothing is.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Brings the interface up if it is down; changes what differs from the config if it is up, without cutting sessions.</summary>
    /// <exception cref="TunnelException">wg-quick, ip or the conf file failed; the message says what to do.</exception>
    /// <exception cref="WireGuardException">The interface is there but does not answer as it should.</exception>
    public async Task EnsureUpAsync(CancellationToken cancellationToken)
    {
        var path = TunnelConf.PathOf(fleet, directory);
        var device = await FindDeviceAsync(cancellationToken);
        if (device is { PrivateKey: null })
        {
            // What a wg-quick leaves behind that was killed half-way: it serves nobody.
            Log.HalfMade(log, fleet.Interface);
            await run("ip", ["link", "delete", "dev", fleet.Interface], cancellationToken);
            device = null;
        }

        TunnelConf? found;
        try
        {
            found = TunnelConf.Read(path);
            Trouble = null;
        }
        catch (TunnelException e) when (device?.PrivateKey is { } used)
        {
            // The file is needed when the interface is next made; until then its clients lose nothing.
            Trouble = e.Message;
            await AdjustAsync(device, null, TunnelConf.New(fleet, used), cancellationToken);
            _publicKey = used.PublicKey;
            return;
        }

        var key = found?.PrivateKey ?? device?.PrivateKey ?? PrivateKey.Generate();
        var wanted = found?.For(fleet) ?? TunnelConf.New(fleet, key);

        if (found is null)
        {
            wanted.Write(path);
            if (device is not null)
                Log.ConfRebuilt(log, path, fleet.Interface);
            else
                Log.KeyMade(log, path, fleet.Name, key.PublicKey);
        }
        else if (found.Address != wanted.Address || found.ListenPort != wanted.ListenPort)
        {
            wanted.Write(path);
            Log.ConfChanged(log, fleet.Name, found.Address, found.ListenPort, wanted.Address, wanted.ListenPort);
        }

        if (device is null)
        {
            await run("wg-quick", ["up", path], cancellationToken);
            Log.Up(log, fleet.Interface, fleet.Port);
            device = await FindDeviceAsync(cancellationToken)
                ?? throw new TunnelException($"wg-quick brought {fleet.Interface} up, but nothing answers for it");
        }
        else
        {
            await AdjustAsync(device, found, wanted, cancellationToken);
        }

        // Clients hold the key of the interface that they talk to: that one counts, should the file say otherwise.
        _publicKey = device.PrivateKey?.PublicKey ?? key.PublicKey;
        if (_publicKey != key.PublicKey)
            Log.KeyDiffers(log, path, fleet.Interface);
    }

    private async Task AdjustAsync(Device device, TunnelConf? found, TunnelConf wanted, CancellationToken cancellationToken)
    {
        if (device.ListenPort != fleet.Port)
            await wireGuard.ChangeAsync(fleet.Interface, new DeviceChange { ListenPort = fleet.Port }, cancellationToken);

        await run("ip", ["link", "set", "up", "dev", fleet.Interface], cancellationToken);
        await run("ip", ["-6", "address", "replace", wanted.Address, "dev", fleet.Interface], cancellationToken);
        if (found is not null && found.Address.Length > 0 && found.Address != wanted.Address)
        {
            try
            {
                await run("ip", ["-6", "address", "del", found.Address, "dev", fleet.Interface], cancellationToken);
            }
            catch (TunnelException e)
            {
                Log.OldAddressStays(log, found.Address, fleet.Interface, e.Message);
            }
        }
    }

    private async Task<Device?> FindDeviceAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await wireGuard.GetDeviceAsync(fleet.Interface, cancellationToken);
        }
        catch (DeviceNotFoundException)
        {
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Interface} is up, UDP port {Port}")]
        public static partial void Up(ILogger log, string @interface, int port);

        [LoggerMessage(2, LogLevel.Information, "Made a key for fleet {Fleet} in {Path}; its public key is {PublicKey}")]
        public static partial void KeyMade(ILogger log, string path, string fleet, WireGuardKey publicKey);

        [LoggerMessage(3, LogLevel.Warning, "{Path} was missing: rebuilt it from the key that {Interface} uses")]
        public static partial void ConfRebuilt(ILogger log, string path, string @interface);

        [LoggerMessage(4, LogLevel.Warning, "Fleet {Fleet} has moved in the config: {OldAddress} port {OldPort} is now {Address} port {Port}")]
        public static partial void ConfChanged(ILogger log, string fleet, string oldAddress, int oldPort, string address, int port);

        [LoggerMessage(5, LogLevel.Warning, "{Path} holds another key than {Interface} uses; the interface's counts until it is made anew")]
        public static partial void KeyDiffers(ILogger log, string path, string @interface);

        [LoggerMessage(7, LogLevel.Warning, "{Interface} has no key, so it was only half made: making it anew")]
        public static partial void HalfMade(ILogger log, string @interface);

        [LoggerMessage(6, LogLevel.Warning, "The old address {Address} stays on {Interface}: {Reason}")]
        public static partial void OldAddressStays(ILogger log, string address, string @interface, string reason);
    }
}
