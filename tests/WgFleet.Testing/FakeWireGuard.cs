using System.Net;
using WgFleet.WireGuard;

namespace WgFleet.Testing;

/// <summary>WireGuard in memory: its interfaces keep peers like the real ones, and fail, hang or vanish if a test asks for that.</summary>
internal sealed class FakeWireGuard : IWireGuard
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, State> _devices = [];
    private readonly Dictionary<string, Trouble> _troubles = [];
    private readonly List<(string Interface, DeviceChange Change)> _changes = [];

    private enum Trouble
    {
        Refuses,
        Hangs,
        Throws,
    }

    /// <summary>Every requested change, also those that failed, except those that set the key of a new interface.</summary>
    public IReadOnlyList<(string Interface, DeviceChange Change)> Changes
    {
        get
        {
            lock (_gate)
                return [.. _changes];
        }
    }

    /// <summary>A change waits for this before it is applied; null if changes do not wait.</summary>
    public Barrier? Hold { get; set; }

    /// <summary>Changes that this is true for are refused; null if none are.</summary>
    public Predicate<DeviceChange>? Refuses { get; set; }

    /// <summary>Runs right after an interface was read, before the caller gets the result.</summary>
    public Func<Task>? AfterLook { get; set; }

    /// <summary>The number of requested readings, also of those that failed.</summary>
    public int Looks { get; private set; }

    public void Create(string name, PrivateKey? key, int port)
    {
        lock (_gate)
            _devices[name] = new State { Key = key, Port = port };
    }

    public void Lose(string name)
    {
        lock (_gate)
            _devices.Remove(name);
    }

    /// <summary>The names of all interfaces.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_gate)
                return [.. _devices.Keys];
        }
    }

    /// <summary>Whether an interface listens on this port.</summary>
    public bool HasPort(int port)
    {
        lock (_gate)
            return _devices.Values.Any(d => d.Port == port);
    }

    public bool Has(string name)
    {
        lock (_gate)
            return _devices.ContainsKey(name);
    }

    /// <summary>Makes the interface answer every request with an error from now on.</summary>
    public void Refuse(string name) => Set(name, Trouble.Refuses);

    /// <summary>Makes the interface accept requests and never answer from now on.</summary>
    public void Hang(string name) => Set(name, Trouble.Hangs);

    /// <summary>Makes the driver throw an undocumented exception from now on.</summary>
    public void Break(string name) => Set(name, Trouble.Throws);

    public void Heal(string name)
    {
        lock (_gate)
            _troubles.Remove(name);
    }

    /// <summary>The interface's peers by key, each with its only address, for comparisons.</summary>
    public SortedDictionary<string, string> Peers(string name)
    {
        lock (_gate)
            return new(_devices[name].Peers.ToDictionary(p => p.Key.ToString(), p => string.Join(",", p.Value.AllowedIps)), StringComparer.Ordinal);
    }

    /// <summary>A handshake or traffic of a peer.</summary>
    public void Touch(string name, WireGuardKey key, DateTimeOffset? handshake = null, long received = 0, IPEndPoint? from = null)
    {
        lock (_gate)
        {
            var peer = _devices[name].Peers[key];
            _devices[name].Peers[key] = peer with
            {
                LastHandshake = handshake ?? peer.LastHandshake,
                ReceivedBytes = peer.ReceivedBytes + received,
                Endpoint = from ?? peer.Endpoint,
            };
        }
    }

    /// <summary>A peer as it is now.</summary>
    public Peer Peer(string name, WireGuardKey key)
    {
        lock (_gate)
            return _devices[name].Peers[key];
    }

    /// <summary>Adds a peer, or removes it if the address is null, without the server.</summary>
    public void Meddle(string name, WireGuardKey key, string? address)
    {
        lock (_gate)
            Apply(_devices[name], address is null ? PeerChange.Delete(key) : PeerChange.Set(key, IPNetwork.Parse(address)));
    }

    /// <summary>Gives a peer a preshared key, or with null takes it away, without the server.</summary>
    public void SetPresharedKey(string name, WireGuardKey key, PresharedKey? presharedKey)
    {
        lock (_gate)
            _devices[name].Peers[key] = _devices[name].Peers[key] with { PresharedKey = presharedKey };
    }

    public async Task<Device> GetDeviceAsync(string interfaceName, CancellationToken cancellationToken)
    {
        lock (_gate)
            Looks++;

        await TroubleAsync(interfaceName, cancellationToken);
        Device device;
        lock (_gate)
        {
            var state = Find(interfaceName);
            device = new Device(interfaceName, state.Key, state.Port, [.. state.Peers.Values]);
        }

        if (AfterLook is { } after)
        {
            AfterLook = null;
            await after();
        }

        return device;
    }

    public async Task<DeviceSettings> GetSettingsAsync(string interfaceName, CancellationToken cancellationToken)
    {
        await TroubleAsync(interfaceName, cancellationToken);
        lock (_gate)
        {
            var state = Find(interfaceName);
            return new DeviceSettings(state.Key, state.Port);
        }
    }

    public async Task ChangeAsync(string interfaceName, DeviceChange change, CancellationToken cancellationToken)
    {
        if (change.PrivateKey is null)
        {
            lock (_gate)
                _changes.Add((interfaceName, change));
        }

        if (Hold is { } hold)
            await hold.PassAsync();

        await TroubleAsync(interfaceName, cancellationToken);
        if (Refuses?.Invoke(change) == true)
            throw new WireGuardException($"{interfaceName} refused: EINVAL, Invalid argument");

        lock (_gate)
        {
            var state = Find(interfaceName);
            state.Port = change.ListenPort ?? state.Port;
            state.Key = change.PrivateKey ?? state.Key;
            foreach (var peer in change.Peers)
                Apply(state, peer);
        }
    }

    public void Dispose()
    {
    }

    private static void Apply(State state, PeerChange change)
    {
        if (change.Remove)
        {
            state.Peers.Remove(change.PublicKey);
            return;
        }

        if (change.UpdateOnly && !state.Peers.ContainsKey(change.PublicKey))
            return;

        foreach (var network in change.AllowedIps ?? [])
        {
            // A network that another peer has moves to this one.
            if (state.Routes.TryGetValue(network, out var before) && state.Peers.TryGetValue(before, out var other))
                state.Peers[before] = other with { AllowedIps = [.. other.AllowedIps.Where(n => !n.Equals(network))] };

            state.Routes[network] = change.PublicKey;
        }

        var peer = state.Peers.GetValueOrDefault(change.PublicKey) ?? new Peer(change.PublicKey, [], null, null, 0, 0);
        state.Peers[change.PublicKey] = peer with
        {
            AllowedIps = change.AllowedIps ?? peer.AllowedIps,
            Endpoint = change.Endpoint ?? peer.Endpoint,
            KeepaliveSeconds = change.KeepaliveSeconds ?? peer.KeepaliveSeconds,
            PresharedKey = change.PresharedKey is null ? peer.PresharedKey : change.PresharedKey.Equals(PresharedKey.None) ? null : change.PresharedKey,
        };
    }

    private State Find(string name) => _devices.GetValueOrDefault(name) ?? throw new DeviceNotFoundException(name);

    private void Set(string name, Trouble trouble)
    {
        lock (_gate)
            _troubles[name] = trouble;
    }

    private async Task TroubleAsync(string name, CancellationToken cancellationToken)
    {
        Trouble trouble;
        lock (_gate)
        {
            if (!_troubles.TryGetValue(name, out trouble))
                return;
        }

        switch (trouble)
        {
            case Trouble.Refuses:
                throw new WireGuardException($"{name} refused: EIO, Input/output error");
            case Trouble.Throws:
                throw new InvalidOperationException("the driver is broken");
            default:
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
        }
    }

    /// <summary>Delays changes: reports the first one, and releases all together.</summary>
    internal sealed class Barrier
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public void Release() => _released.TrySetResult();

        public Task PassAsync()
        {
            _reached.TrySetResult();
            return _released.Task;
        }
    }

    private sealed class State
    {
        public PrivateKey? Key { get; set; }

        public int Port { get; set; }

        public Dictionary<WireGuardKey, Peer> Peers { get; } = [];

        /// <summary>The peer that a network was last given to. Entries may be outdated, so they are compared with the peers.</summary>
        public Dictionary<IPNetwork, WireGuardKey> Routes { get; } = [];
    }
}
