using System.Net;
using WgFleet.Config;
using WgFleet.WireGuard;

namespace WgFleet.Tunnels;

/// <summary>
/// Creates a fleet's interface, sets its key, port, MTU and addresses, and switches it on. Uses wg-quick if wg_FLEET.conf has
/// more settings than these. It does not change peers.
/// </summary>
internal sealed partial class FleetTunnel(
    TunnelConfig fleet, string directory, IWireGuard wireGuard, IInterfaces interfaces, ProgramRunner run, ILogger<FleetTunnel> log)
{
    private readonly PortOwner _ports = new(interfaces, wireGuard);
    private PrivateKey? _key;

    // The MTU of the interface when it was created or found, if the file names none.
    private int? _mtu;

    public TunnelConfig Fleet => fleet;

    /// <summary>Whether it is the interface of this configuration.</summary>
    public bool Fits(TunnelConfig other, string otherDirectory) => otherDirectory == directory && other == fleet;

    /// <summary>The gateway's public key in this fleet; null until <see cref="EnsureUpAsync"/> has succeeded.</summary>
    public WireGuardKey? PublicKey => _key?.PublicKey;

    /// <summary>What is wrong although the interface works; null if nothing is wrong.</summary>
    public string? Trouble { get; private set; }

    /// <summary>The planned interface; null before <see cref="EnsureUpAsync"/> has succeeded.</summary>
    public TunnelPlan? Plan { get; private set; }

    /// <summary>The interface as it was last read; null before <see cref="EnsureUpAsync"/> has succeeded.</summary>
    public TunnelState? Last { get; private set; }

    /// <summary>Reads the whole interface.</summary>
    /// <exception cref="WireGuardException">The kernel or a userspace program answers with an error, or not in time.</exception>
    public async Task<TunnelState> ReadAsync(CancellationToken cancellationToken)
    {
        if (await interfaces.FindAsync(fleet.Interface, cancellationToken) is not { } link)
            return new TunnelState(null, null);

        var device = await FindDeviceAsync(cancellationToken);
        return new TunnelState(link, device, device is null ? null : await FindPathsAsync(cancellationToken));
    }

    /// <summary>
    /// Compares key, port and route, for which the kernel sends no notifications, with the plan and the last reading. Costs the same
    /// for any number of peers, except with userspace WireGuard.
    /// </summary>
    /// <exception cref="WireGuardException">The kernel or a userspace program answers with an error, or not in time.</exception>
    public async Task<bool> LooksRightAsync(CancellationToken cancellationToken)
    {
        if (Last is not { } last)
            return false;

        var settings = await wireGuard.GetSettingsAsync(fleet.Interface, cancellationToken);
        return settings.PrivateKey is { } key && key.Equals(_key) && settings.ListenPort == fleet.Port
            && (await FindPathsAsync(cancellationToken)).SequenceEqual(last.Paths ?? []);
    }

    /// <summary>
    /// Releases a port and addresses that are no longer this fleet's, so that another fleet can use them: two fleets may swap theirs in one
    /// reload. Does nothing if the interface does not exist or has only what is planned.
    /// </summary>
    /// <exception cref="WireGuardException">The kernel or a userspace program refuses, or does not answer in time.</exception>
    public async Task LetGoAsync(CancellationToken cancellationToken)
    {
        if (await FindDeviceAsync(cancellationToken) is not { } device)
            return;

        // A port of 0 lets WireGuard choose a free one.
        if (device.ListenPort != 0 && device.ListenPort != fleet.Port)
            await wireGuard.ChangeAsync(fleet.Interface, new DeviceChange { ListenPort = 0 }, cancellationToken);

        if (ReplacedAddresses() is { Count: > 0 } replaced)
            await interfaces.ChangeAsync(fleet.Interface, new InterfaceChange { Remove = replaced }, cancellationToken);
    }

    /// <summary>Makes the interface agree with the configuration and wg_FLEET.conf; changes only what differs.</summary>
    /// <returns>The differences that were repaired; empty if there were none.</returns>
    /// <exception cref="TunnelException">The interface or wg_FLEET.conf cannot be repaired; the message says what to do.</exception>
    /// <exception cref="WireGuardException">The kernel or a userspace program refuses, or does not answer in time.</exception>
    public async Task<IReadOnlyList<TunnelDifference>> EnsureUpAsync(CancellationToken cancellationToken)
    {
        var state = await ReadAsync(cancellationToken);
        var (conf, replaced) = TakeConf(state.Device);

        var key = ChooseKey(conf, state.Device?.PrivateKey);
        var mtu = conf.InterfaceMtu ?? (conf.NeedsWgQuick is null ? fleet.Mtu : null) ?? (state.Device?.PrivateKey is null ? null : _mtu);
        var plan = new TunnelPlan(key.PublicKey, fleet.Port, conf.Addresses, mtu, [.. fleet.Networks.Select(n => n.Subnet)]);
        var differences = plan.Compare(state);
        if (differences.Count > 0 || replaced.Count > 0)
        {
            state = await MendAsync(conf, key, plan, state, differences, replaced, cancellationToken);
            if (plan.Compare(state) is [var left, ..])
                throw Remains(left);

            if (Last is null && differences is not [{ Fault: TunnelFault.Missing }] and not [])
                Log.Changed(log, fleet.Interface, string.Join("; ", differences.Select(d => d.Description)));
            else if (Last is not null)
                Log.Repaired(log, fleet.Interface, string.Join("; ", differences.Select(d => d.Description)));
        }

        if (key.PublicKey != conf.PrivateKey.PublicKey)
            Log.KeyDiffers(log, conf.Path, fleet.Interface);

        (_key, Plan, Last, _mtu) = (key, plan, state, state.Interface!.Mtu);
        return differences;
    }

    private TunnelException Remains(TunnelDifference left) => new(left.Fault == TunnelFault.NoPath
        ? $"{left.Description}, so no client can be reached through {fleet.Interface}: see {Asking(fleet.Networks.First(n => n.Subnet == left.Subnet))}"
        : $"{fleet.Interface} was set up, but {left.Description}: does another program change it?");

    private static string Asking(FleetNetwork network)
    {
        var ip = network.IsIPv4 ? "ip" : "ip -6";
        return $"`{ip} route get {SomeClient(network)}` and `{ip} rule`";
    }

    /// <summary>For each network the interface to which the kernel sends packets for clients: this one if the subnet has no room for any.</summary>
    private async Task<IReadOnlyList<string?>> FindPathsAsync(CancellationToken cancellationToken)
    {
        var paths = new List<string?>(2);
        foreach (var network in fleet.Networks)
            paths.Add(SomeClient(network) is { } client ? await interfaces.FindPathAsync(client, cancellationToken) : fleet.Interface);

        return paths;
    }

    /// <summary>Any address that a client can have: the kernel sends packets for all clients the same way. Null if there is none.</summary>
    private static IPAddress? SomeClient(FleetNetwork network) => new byte[] { 1, 2, 0 }.Select(last =>
    {
        var bytes = network.Subnet.BaseAddress.GetAddressBytes();
        bytes[^1] |= last;
        return new IPAddress(bytes);
    }).FirstOrDefault(network.MayAssign);

    /// <summary>Repairs what differs; returns the interface after that.</summary>
    private async Task<TunnelState> MendAsync(
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

        // The kernel's WireGuard has its port only while the interface is up. A program such as wireguard-go may keep it.
        var isKernels = state.Interface is { Kind: "wireguard" };
        if (state.Device?.ListenPort != fleet.Port || (isKernels && state.Interface is { IsUp: false }))
            await _ports.CheckAsync(fleet, cancellationToken);

        if (state.Interface is null || (state.Device is { PrivateKey: null } && conf.NeedsWgQuick is not null))
        {
            // An interface without a key was left by an interrupted wg-quick, whose commands did not run.
            if (state.Interface is not null)
                await interfaces.DeleteAsync(fleet.Interface, cancellationToken);

            if (await CreateAsync(conf, cancellationToken))
                return await ReadAsync(cancellationToken);

            plan = plan with { Mtu = plan.Mtu ?? await interfaces.ChooseMtuAsync(cancellationToken) };
            state = await ReadAsync(cancellationToken);
        }

        await ConfigureAsync(key, plan, state, replaced, cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    /// <summary>Creates the interface; true if wg-quick did this and has set it up too.</summary>
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

    /// <summary>Changes only what differs: setting the same port again would interrupt userspace WireGuard.</summary>
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
            Routes = MissingRoutes(plan, state),
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

    // The kernel adds the route when the interface is switched on and has its address.
    private static IReadOnlyList<IPNetwork> MissingRoutes(TunnelPlan plan, TunnelState state) =>
        plan.Compare(state) is var differences && differences.Any(d => d.Fault == TunnelFault.AddressMissing) ? [] : [.. differences.Select(d => d.Subnet).OfType<IPNetwork>()];

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

        [LoggerMessage(3, LogLevel.Warning, "{Path} was missing; wrote it again with the key that {Interface} uses")]
        public static partial void ConfRebuilt(ILogger log, string path, string @interface);

        [LoggerMessage(4, LogLevel.Warning, "Changed {Path} as the configuration has changed: from {OldAddresses} port {OldPort} to {Addresses} port {Port}")]
        public static partial void ConfChanged(ILogger log, string path, string oldAddresses, int oldPort, string addresses, int port);

        [LoggerMessage(5, LogLevel.Warning, "The key in {Path} is not the one that {Interface} uses; the interface keeps its key until it is created anew")]
        public static partial void KeyDiffers(ILogger log, string path, string @interface);

        [LoggerMessage(6, LogLevel.Information, "{Interface} is up on UDP port {Port}, brought up by wg-quick because {Path} has {Reason}")]
        public static partial void UpByWgQuick(ILogger log, string @interface, int port, string path, string reason);

        [LoggerMessage(8, LogLevel.Information, "Changed {Interface} to what the configuration says: {Differences}")]
        public static partial void Changed(ILogger log, string @interface, string differences);

        [LoggerMessage(9, LogLevel.Information, "Removed {Interface}, because another gateway has the fleet")]
        public static partial void TakenDown(ILogger log, string @interface);

        [LoggerMessage(7, LogLevel.Warning, "Repaired {Interface}: {Differences}")]
        public static partial void Repaired(ILogger log, string @interface, string differences);
    }
}
