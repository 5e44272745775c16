using System.Collections.Immutable;
using System.Net;
using WgFleet.Fleets.State;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.Commands;

/// <summary>A fleet in the middle of a batch: the next snapshot in the making, and what WireGuard is to be told.</summary>
internal sealed class FleetBuilder(FleetSnapshot before, HostnameHints hints)
{
    private readonly ImmutableSortedDictionary<long, RegisteredClient>.Builder _byId = before.ById.ToBuilder();
    private readonly ImmutableDictionary<IPAddress, RegisteredClient>.Builder _byAddress = before.ByAddress.ToBuilder();
    private readonly ImmutableDictionary<string, RegisteredClient>.Builder _byHostname = before.ByHostname.ToBuilder();
    private readonly ImmutableDictionary<WireGuardKey, RegisteredClient>.Builder _byKey = before.ByKey.ToBuilder();

    public FleetSnapshot Before => before;

    /// <summary>What WireGuard is to be told, in order.</summary>
    public List<PeerChange> PeerChanges { get; } = [];

    /// <summary>The interface is gone or does not agree: bring it up and send it everything.</summary>
    public bool NeedsRepair { get; set; }

    public Freeze? Frozen { get; set; } = before.Frozen;

    public HeldPrune? Held { get; set; } = before.Held;

    /// <summary>Whether something is to be shown that is in no row.</summary>
    public bool IsMarked => !ReferenceEquals(Held, before.Held);

    public int Count => _byId.Count;

    public IEnumerable<RegisteredClient> Members => _byId.Values;

    public bool HasAddress(IPAddress address) => _byAddress.ContainsKey(address);

    public bool IsFree(string hostname) => !_byHostname.ContainsKey(hostname);

    public RegisteredClient? Find(long id) => _byId.GetValueOrDefault(id);

    public RegisteredClient? Find(IPAddress address) => _byAddress.GetValueOrDefault(address);

    public RegisteredClient? Find(WireGuardKey key) => _byKey.GetValueOrDefault(key);

    public RegisteredClient? Find(string hostname) => _byHostname.GetValueOrDefault(hostname);

    public void Add(RegisteredClient member)
    {
        _byId.Add(member.Id, member);
        _byAddress.Add(member.Address, member);
        _byKey.Add(member.PublicKey, member);
        if (member.Hostname is { } hostname)
            _byHostname.Add(hostname, member);
    }

    /// <summary>Gives a client a name that is free.</summary>
    public RegisteredClient Rename(RegisteredClient member, string hostname)
    {
        Release(member);
        var renamed = member with { Hostname = hostname };
        Replace(renamed);
        return renamed;
    }

    /// <summary>Shows a client as it is now; its id, address and key are what they were, its name is nobody else's.</summary>
    public void Replace(RegisteredClient member)
    {
        _byId[member.Id] = member;
        _byAddress[member.Address] = member;
        _byKey[member.PublicKey] = member;
        if (member.Hostname is { } hostname)
            _byHostname[hostname] = member;
    }

    public void Remove(RegisteredClient member)
    {
        Release(member);
        _byId.Remove(member.Id);
        _byAddress.Remove(member.Address);
        _byKey.Remove(member.PublicKey);
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
        Frozen = Frozen,
        Held = Held,
    };

    private void Release(RegisteredClient member)
    {
        if (member.Hostname is not { } hostname)
            return;

        _byHostname.Remove(hostname);
        hints.Released(hostname);
    }
}
