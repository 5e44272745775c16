using System.Collections.Immutable;
using System.Net;
using WgFleet.Config;
using WgFleet.Fleets.Naming;
using WgFleet.Fleets.State;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.Commands;

/// <summary>A fleet during a batch: its next snapshot, and the changes for WireGuard.</summary>
internal sealed class FleetBuilder(FleetSnapshot before, HostnameHints hints)
{
    private readonly ImmutableSortedDictionary<long, RegisteredClient>.Builder _byId = before.ById.ToBuilder();
    private readonly ImmutableDictionary<IPAddress, RegisteredClient>.Builder _byAddress = before.ByAddress.ToBuilder();
    private readonly ImmutableDictionary<string, RegisteredClient>.Builder _byHostname = before.ByHostname.ToBuilder();
    private readonly ImmutableDictionary<WireGuardKey, RegisteredClient>.Builder _byKey = before.ByKey.ToBuilder();

    public FleetSnapshot Before => before;

    /// <summary>The changes for WireGuard, in order.</summary>
    public List<PeerChange> PeerChanges { get; } = [];

    public Freeze? FrozenByOperator { get; set; } = before.FrozenByOperator;

    public Phase? Phase { get; set; } = before.Phase;

    public Freeze? Frozen => Freeze.Of(FrozenByOperator, Phase);

    /// <summary>The machines that are expected; null if nobody says.</summary>
    public Roster? Roster { get; set; } = before.Config.Roster;

    public HeldPrune? Held { get; set; } = before.Held;

    /// <summary>Whether something has changed that is shown, but not in the database.</summary>
    public bool HasUnsavedDisplay => !ReferenceEquals(Held, before.Held) || Phase != before.Phase;

    public int Count => _byId.Count;

    public bool HasAddress(IPAddress address) => _byAddress.ContainsKey(address);

    /// <summary>An address that no client has; null if there is none in the network.</summary>
    /// <param name="network">One of the fleet's networks.</param>
    public IPAddress? FreeAddress(FleetNetwork network) =>
        AddressPool.Free(network, HasAddress, ReferenceEquals(network, before.Config.Network) ? _byId.Count : _byAddress.Count - _byId.Count);

    public bool IsFree(string hostname) => !_byHostname.ContainsKey(hostname);

    public RegisteredClient? Find(long id) => _byId.GetValueOrDefault(id);

    public RegisteredClient? Find(IPAddress address) => _byAddress.GetValueOrDefault(address);

    public RegisteredClient? Find(WireGuardKey key) => _byKey.GetValueOrDefault(key);

    public RegisteredClient? Find(string hostname) => _byHostname.GetValueOrDefault(hostname);

    public void Add(RegisteredClient client)
    {
        _byId.Add(client.Id, client);
        foreach (var address in client.Addresses)
            _byAddress.Add(address, client);

        _byKey.Add(client.PublicKey, client);
        if (client.Hostname is { } hostname)
            _byHostname.Add(hostname, client);
    }

    /// <summary>Gives a client a name that is free, with the operator who did it; returns the changed client.</summary>
    public RegisteredClient Rename(RegisteredClient client, string hostname, string? namedBy)
    {
        Release(client);
        var renamed = client with { Hostname = hostname, NamedBy = namedBy };
        Replace(renamed);
        return renamed;
    }

    /// <summary>Takes a client's name; returns the changed client.</summary>
    public RegisteredClient Unname(RegisteredClient client)
    {
        Release(client);
        var nameless = client with { Hostname = null, NamedBy = null };
        Replace(nameless);
        return nameless;
    }

    /// <summary>Replaces a client by a changed one with the same id, addresses and key, or with one address more. Its name must be free or its own.</summary>
    public void Replace(RegisteredClient client)
    {
        _byId[client.Id] = client;
        foreach (var address in client.Addresses)
            _byAddress[address] = client;

        _byKey[client.PublicKey] = client;
        if (client.Hostname is { } hostname)
            _byHostname[hostname] = client;
    }

    public void Remove(RegisteredClient client)
    {
        Release(client);
        _byId.Remove(client.Id);
        _byAddress.RemoveRange(client.Addresses);
        _byKey.Remove(client.PublicKey);
    }

    /// <summary>The first free one of name, name--2, name--3, and so on.</summary>
    public string FirstFree(string asked)
    {
        if (IsFree(asked))
            return asked;

        for (var number = hints.FirstPossible(asked); ; number++)
        {
            var candidate = Hostnames.WithSuffix(asked, number);
            if (IsFree(candidate))
            {
                hints.Taken(asked, number);
                return candidate;
            }
        }
    }

    public FleetSnapshot ToSnapshot() => before with
    {
        ById = _byId.ToImmutable(),
        ByAddress = _byAddress.ToImmutable(),
        ByHostname = _byHostname.ToImmutable(),
        ByKey = _byKey.ToImmutable(),
        FrozenByOperator = FrozenByOperator,
        Phase = Phase,
        Held = Held,
        Config = ReferenceEquals(Roster, before.Config.Roster) ? before.Config : before.Config with { Roster = Roster },
    };

    private void Release(RegisteredClient client)
    {
        if (client.Hostname is not { } hostname)
            return;

        _byHostname.Remove(hostname);
        hints.Released(hostname);
    }
}
