using System.Net;
using WgFleet.Store.Engine;
using WgFleet.WireGuard;

namespace WgFleet.Store;

/// <summary>What one transaction of the writer writes.</summary>
internal sealed class StoreBatch
{
    public List<StoredClient> Added { get; } = [];

    /// <summary>Names that clients get or give up, in the order of the decisions.</summary>
    public List<NameChange> Renamed { get; } = [];

    /// <summary>Clients whose tags the batch changes.</summary>
    public List<(long Id, IReadOnlyDictionary<string, string> Tags)> Tagged { get; } = [];

    /// <summary>Keys of new clients that orphaned rows may still hold: rows of a fleet that is gone, or outside their fleet's subnet.</summary>
    public List<string> ReleasedKeys { get; } = [];

    public List<long> RemovedIds { get; } = [];

    /// <summary>Fleets that the batch freezes, or thaws with null.</summary>
    public List<(string Fleet, FrozenFleet? Frozen)> Frozen { get; } = [];

    /// <summary>How many uses of each token the batch takes.</summary>
    public Dictionary<string, int> Uses { get; } = [];

    /// <summary>Clients that the batch pins, or unpins with null.</summary>
    public List<(long Id, Pin? Pin)> Pinned { get; } = [];

    /// <summary>What clients say of themselves by now.</summary>
    public List<(long Id, IReadOnlyDictionary<string, string> Facts)> Facts { get; } = [];

    /// <summary>Clients that the batch gives a preshared key, or with null takes it.</summary>
    public List<(long Id, PresharedKey? Key)> PresharedKeys { get; } = [];

    /// <summary>Clients that the batch gives an IPv4 address beside their IPv6 one.</summary>
    public List<(long Id, string Fleet, IPAddress Address)> SecondAddresses { get; } = [];

    /// <summary>Clients whose presence changes: the time of the client.online event, or null for client.offline.</summary>
    public List<(long Id, DateTimeOffset? Since)> Presence { get; } = [];

    public List<Tombstone> Tombstones { get; } = [];

    /// <summary>Keys of restored clients, whose tombstones are deleted.</summary>
    public List<string> RestoredKeys { get; } = [];

    public List<EventRow> Events { get; } = [];

    /// <summary>What acts of operators write to other tables. Each act has its event in the batch.</summary>
    public List<Action<Connection>> Acts { get; } = [];

    public bool IsEmpty => Added.Count == 0 && Renamed.Count == 0 && RemovedIds.Count == 0 && Events.Count == 0 && Frozen.Count == 0 && Pinned.Count == 0 && Presence.Count == 0
        && PresharedKeys.Count == 0 && SecondAddresses.Count == 0;
}
