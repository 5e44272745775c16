namespace WgFleet.Store;

/// <summary>What one transaction of the writer writes.</summary>
internal sealed class StoreBatch
{
    public List<StoredClient> Added { get; } = [];

    public List<(long Id, string? Hostname)> Renamed { get; } = [];

    /// <summary>Keys of new clients that orphaned rows may still hold: rows of a fleet that is gone, or outside their fleet's subnet.</summary>
    public List<string> ReleasedKeys { get; } = [];

    public List<long> RemovedIds { get; } = [];

    /// <summary>Fleets that are frozen now, or with null no more.</summary>
    public List<(string Fleet, FrozenFleet? Frozen)> Frozen { get; } = [];

    /// <summary>How many uses the batch takes of which tokens.</summary>
    public Dictionary<string, int> Uses { get; } = [];

    /// <summary>Clients that are pinned now, or with null no more.</summary>
    public List<(long Id, Pin? Pin)> Pinned { get; } = [];

    /// <summary>Clients that hooks are told are online, with since when, or with null offline.</summary>
    public List<(long Id, DateTimeOffset? Since)> Presence { get; } = [];

    public List<Tombstone> Tombstones { get; } = [];

    /// <summary>Keys of clients that were put back: their tombstones go.</summary>
    public List<string> RestoredKeys { get; } = [];

    public List<EventRow> Events { get; } = [];

    public bool IsEmpty => Added.Count == 0 && Renamed.Count == 0 && RemovedIds.Count == 0 && Events.Count == 0 && Frozen.Count == 0 && Pinned.Count == 0 && Presence.Count == 0;
}
