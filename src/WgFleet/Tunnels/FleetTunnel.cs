using WgFleet.Config;
using WgFleet.WireGuard;

namespace WgFleet.Tunnels;

/// <summary>
/// A fleet's interface: created, given key, port, MTU and addresses, and switched on. Does it by itself if wg_FLEET.conf says nothing
/// more than that, else through wg-quick. Peers are not its business.
/// </summary>
internal sealed partial class FleetTunnel(
    FleetConfig fleet, string directory, IWireGuard wireGuard, IInterfaces interfaces, ProgramRunner run, ILogger<FleetTunnel> log)
{
    private readonly PortOwner _ports = new(interfaces, wireGuard);
    private PrivateKey? _key;

    public FleetConfig Fleet => fleet;

    /// <summary>Whether it is the interface that this configuration asks for.</summary>
    public bool Fits(FleetConfig other, string otherDirectory) => otherDirectory == directory && other with { Enrollment = fleet.Enrollment } == fleet;

    /// <summary>The gateway's public key in this fleet; null until <see cref="EnsureUpAsync"/> has succeeded.</summary>
    public WireGuardKey? PublicKey => _key?.PublicKey;

    /// <summary>What is wrong although the interface works; null if nothing is.</summary>
    public string? Trouble { get; private set; }

    /// <summary>What the interface has to be; null before <see cref="EnsureUpAsync"/> has succeeded.</summary>
    public TunnelPlan? Plan { get; private set; }

    /// <summary>Reads the whole interface.</summary>
    /// <exception cref="WireGuardException">The kernel or a userspace program answers with an error, or not in time.</exception>
    public async Task<TunnelState> ReadAsync(CancellationToken cancellationToken)
    {
        var link = await interfaces.FindAsync(fleet.Interface, cancellationToken);
        return new TunnelState(link, link is null ? null : await FindDeviceAsync(cancellationToken));
    }

    /// <summary>Makes the interface what the configuration and wg_FLEET.conf say, without disturbing what is right already.</summary>
    /// <returns>The differences that were repaired; empty if there were none.</returns>
    /// <exception cref="TunnelException">The interface or wg_FLEET.conf cannot be made right; the message says what to do.</exception>
    /// <exception cref="WireGuardException">The kernel or a userspace program refuses, or does not answer in time.</exception>
    public async Task<IReadOnlyList<TunnelDifference>> EnsureUpAsync(CancellationToken cancellationToken)
    {
        var state = await ReadAsync(cancellationToken);
        var (conf, replaced) = TakeConf(state.Device);

        var key = ChooseKey(conf, state.Device?.PrivateKey);
        var plan = new TunnelPlan(key.PublicKey, fleet.Port, conf.Addresses, conf.InterfaceMtu);
        var differences = plan.Compare(state);
        if (differences.Count > 0 || replaced.Count > 0)
        {
            await MendAsync(conf, key, plan, state, differences, replaced, cancellationToken);
            await CheckAsync(plan, cancellationToken);
        }

        if (key.PublicKey != conf.PrivateKey.PublicKey)
            Log.KeyDiffers(log, conf.Path, fleet.Interface);

        (_key, Plan) = (key, plan);
        return differences;
    }

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

    private async Task MendAsync(
        TunnelConf conf,
        PrivateKey key,
        TunnelPlan plan,
        TunnelState state,
        IReadOnlyList<TunnelDifference> differences,
        IReadOnlyList<InterfaceAddress> replaced,
        CancellationToken cancellationToken)
    {
        if (differences.FirstOrDefault(d => d.Fault == TunnelFault.WrongKind) is { } wrong)
            throw new TunnelException($"{fleet.Interface} cannot be used, {wrong.Description}: remove or rename it");

        // A WireGuard interface has its port only while it is up.
        if (state.Interface is not { IsUp: true } || state.Device?.ListenPort != fleet.Port)
            await _ports.CheckAsync(fleet, cancellationToken);

        if (state.Interface is null || (state.Device is { PrivateKey: null } && conf.NeedsWgQuick is not null))
        {
            // Without a key it is what an interrupted wg-quick leaves behind: its commands have not run.
            if (state.Interface is not null)
                await interfaces.DeleteAsync(fleet.Interface, cancellationToken);

            if (await CreateAsync(conf, cancellationToken))
                return;

            plan = plan with { Mtu = plan.Mtu ?? await interfaces.ChooseMtuAsync(cancellationToken) };
            state = await ReadAsync(cancellationToken);
        }
        else
        {
            foreach (var difference in differences)
                Log.Mending(log, fleet.Interface, difference.Description);
        }

        await ConfigureAsync(key, plan, state, replaced, cancellationToken);
    }

    /// <summary>Creates the interface; true if wg-quick did, and has set it up too.</summary>
    private async Task<bool> CreateAsync(TunnelConf conf, CancellationToken cancellationToken)
    {
        if (conf.NeedsWgQuick is { } reason)
        {
            await run("wg-quick", ["up", conf.Path], cancellationToken);
            Log.UpByWgQuick(log, fleet.Interface, fleet.Port, conf.Path, reason);
            return true;
        }

        var implementation = await interfaces.CreateAsync(fleet.Interface, cancellationToken);
        Log.Created(log, fleet.Interface, fleet.Port, implementation == WireGuardImplementation.Kernel ? "the kernel" : "a userspace program");
        return false;
    }

    /// <summary>Changes what differs and nothing else: setting a port again would interrupt userspace WireGuard.</summary>
    private async Task ConfigureAsync(
        PrivateKey key, TunnelPlan plan, TunnelState state, IReadOnlyList<InterfaceAddress> replaced, CancellationToken cancellationToken)
    {
        var device = new DeviceChange
        {
            PrivateKey = state.Device?.PrivateKey?.PublicKey == key.PublicKey ? null : key,
            ListenPort = state.Device?.ListenPort == plan.Port ? null : plan.Port,
        };
        var link = new InterfaceChange
        {
            Mtu = state.Interface?.Mtu == plan.Mtu ? null : plan.Mtu,
            Up = state.Interface is { IsUp: true } ? null : true,
            Add = [.. plan.Addresses.Except(state.Interface?.Addresses ?? [])],
            Remove = replaced,
        };
        try
        {
            if (device is not { PrivateKey: null, ListenPort: null })
                await wireGuard.ChangeAsync(fleet.Interface, device, cancellationToken);

            if (!link.IsEmpty)
                await interfaces.ChangeAsync(fleet.Interface, link, cancellationToken);
        }
        catch (PortInUseException e)
        {
            throw await _ports.ExplainAsync(fleet, e, cancellationToken);
        }
    }

    private async Task CheckAsync(TunnelPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Compare(await ReadAsync(cancellationToken)) is [var first, ..])
            throw new TunnelException($"{fleet.Interface} was set up, but {first.Description}: does another program change it?");
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
        [LoggerMessage(1, LogLevel.Information, "{Interface} is up on UDP port {Port}, served by {Server}")]
        public static partial void Created(ILogger log, string @interface, int port, string server);

        [LoggerMessage(2, LogLevel.Information, "Made a key for fleet {Fleet} in {Path}; its public key is {PublicKey}")]
        public static partial void KeyMade(ILogger log, string path, string fleet, WireGuardKey publicKey);

        [LoggerMessage(3, LogLevel.Warning, "{Path} was missing: written again with the key that {Interface} uses")]
        public static partial void ConfRebuilt(ILogger log, string path, string @interface);

        [LoggerMessage(4, LogLevel.Warning, "{Path} follows the configuration: {OldAddresses} port {OldPort} became {Addresses} port {Port}")]
        public static partial void ConfChanged(ILogger log, string path, string oldAddresses, int oldPort, string addresses, int port);

        [LoggerMessage(5, LogLevel.Warning, "{Path} has another key than {Interface} uses; the interface keeps its key until it is made anew")]
        public static partial void KeyDiffers(ILogger log, string path, string @interface);

        [LoggerMessage(6, LogLevel.Information, "{Interface} is up on UDP port {Port}, brought up by wg-quick because {Path} has {Reason}")]
        public static partial void UpByWgQuick(ILogger log, string @interface, int port, string path, string reason);

        [LoggerMessage(7, LogLevel.Warning, "{Interface} is put right: {Difference}")]
        public static partial void Mending(ILogger log, string @interface, string difference);
    }
}
