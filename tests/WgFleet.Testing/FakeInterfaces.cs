using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using WgFleet.WireGuard;

namespace WgFleet.Testing;

/// <summary>
/// Network interfaces in memory. WireGuard interfaces are the devices of a <see cref="FakeWireGuard"/>: one that is created or lost there
/// is created or lost here too. Records what is created, changed and deleted, and refuses it if a test asks for that.
/// </summary>
internal sealed class FakeInterfaces(FakeWireGuard wireGuard) : IInterfaces
{
    private readonly Lock _lock = new();
    private readonly List<string> _commands = [];
    private readonly Dictionary<string, InterfaceState> _states = [];
    private readonly HashSet<string> _withoutRoute = [];
    private string? _stolen;
    private readonly Channel<ChangedInterfaces> _changes = Channel.CreateUnbounded<ChangedInterfaces>();

    /// <summary>The changes, in order: "create wg_alpha", "change wg_alpha: up, +fd00:a::1/64".</summary>
    public IReadOnlyList<string> Commands
    {
        get
        {
            lock (_lock)
                return [.. _commands];
        }
    }

    /// <summary>Commands that contain this fail.</summary>
    public string? Failing { get; set; }

    /// <summary>The UDP ports that are in use elsewhere.</summary>
    public HashSet<int> PortsInUse { get; } = [];

    /// <summary>Whether the port of an interface is in use by it.</summary>
    public bool HoldsPorts { get; set; }

    /// <summary>Changes the state of an interface without the server.</summary>
    public void Set(InterfaceState state)
    {
        lock (_lock)
            _states[state.Name] = state;
    }

    /// <summary>Removes an interface that is not a WireGuard interface, without the server.</summary>
    public void Remove(string name)
    {
        lock (_lock)
            _states.Remove(name);
    }

    public Task<InterfaceState?> FindAsync(string name, CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult(Find(name));
    }

    public Task<IReadOnlyList<InterfaceState>> ListAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult<IReadOnlyList<InterfaceState>>([.. wireGuard.Names.Union(_states.Keys).Select(Find).OfType<InterfaceState>()]);
    }

    public Task<WireGuardImplementation> CreateAsync(string name, CancellationToken cancellationToken)
    {
        Note($"create {name}");
        wireGuard.Create(name, null, 0);
        Set(New(name) with { IsUp = false, Addresses = [] });
        return Task.FromResult(WireGuardImplementation.Kernel);
    }

    public Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        Note($"delete {name}");
        wireGuard.Lose(name);
        return Task.CompletedTask;
    }

    public Task ChangeAsync(string name, InterfaceChange change, CancellationToken cancellationToken)
    {
        var words = new List<string>();
        if (change.Mtu is { } mtu)
            words.Add($"mtu {mtu}");

        if (change.Up is { } up)
            words.Add(up ? "up" : "down");

        words.AddRange(change.Add.Select(a => $"+{a}"));
        words.AddRange(change.Remove.Select(a => $"-{a}"));
        words.AddRange(change.Routes.Select(r => $"route {r}"));
        Note($"change {name}: {string.Join(", ", words)}");
        lock (_lock)
        {
            var state = Find(name) ?? throw new DeviceNotFoundException(name);
            if (change.Routes.Count > 0 || change.Add.Count > 0)
                _withoutRoute.Remove(name);

            _states[name] = state with
            {
                Mtu = change.Mtu ?? state.Mtu,
                IsUp = change.Up ?? state.IsUp,
                Addresses = [.. state.Addresses.Except(change.Remove).Union(change.Add)],
            };
        }

        return Task.CompletedTask;
    }

    public Task<string?> FindPathAsync(IPAddress address, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var found = wireGuard.Names.Select(Find).OfType<InterfaceState>().FirstOrDefault(link => link.IsUp && !_withoutRoute.Contains(link.Name)
                && link.Addresses.Any(a => Network(a).Contains(address)));
            return Task.FromResult(_stolen ?? found?.Name);
        }
    }

    /// <summary>Removes the route to the networks of an interface.</summary>
    public void LoseRoute(string name)
    {
        lock (_lock)
            _withoutRoute.Add(name);
    }

    /// <summary>Sends all packets to this interface from now on; null for the right one.</summary>
    public void StealRoutes(string? by)
    {
        lock (_lock)
            _stolen = by;
    }

    public Task<int> ChooseMtuAsync(CancellationToken cancellationToken) => Task.FromResult(1420);

    public bool IsUdpPortFree(int port) => !PortsInUse.Contains(port) && !(HoldsPorts && wireGuard.HasPort(port));

    /// <summary>Notifies watchers that an interface has changed.</summary>
    public void Report(string name) => _changes.Writer.TryWrite(new ChangedInterfaces(false, new HashSet<string> { name }));

    public async IAsyncEnumerable<ChangedInterfaces> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new ChangedInterfaces(true, new HashSet<string>());
        await foreach (var change in _changes.Reader.ReadAllAsync(cancellationToken))
            yield return change;
    }

    public void Dispose()
    {
    }

    private static IPNetwork Network(InterfaceAddress address)
    {
        var bytes = address.Address.GetAddressBytes();
        for (var bit = address.PrefixLength; bit < 8 * bytes.Length; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));

        return new IPNetwork(new IPAddress(bytes), address.PrefixLength);
    }

    private static InterfaceState New(string name) => new(name, 7, "wireguard", true, 1420, []);

    private InterfaceState? Find(string name)
    {
        if (wireGuard.Has(name))
            return _states.GetValueOrDefault(name) ?? (_states[name] = New(name));

        // A lost interface loses its addresses. An interface of another kind is not WireGuard's.
        if (_states.GetValueOrDefault(name) is { Kind: "wireguard" })
            _states.Remove(name);

        return _states.GetValueOrDefault(name);
    }

    private void Note(string command)
    {
        lock (_lock)
            _commands.Add(command);

        if (Failing is { } failing && command.Contains(failing, StringComparison.Ordinal))
            throw new WireGuardException($"{command} failed: it was told to");
    }
}
