namespace WgFleet.Store;

/// <summary>What one transaction writes.</summary>
internal sealed class StoreBatch
{
    public List<ClientRow> Added { get; } = [];

    public List<(long Id, string? Hostname)> Renamed { get; } = [];

    /// <summary>Keys of new clients that rows of nobody may still have, in a fleet that is gone or outside their fleet's subnet.</summary>
    public List<string> ReleasedKeys { get; } = [];

    public List<long> RemovedIds { get; } = [];

    /// <summary>Fleets that are frozen now, with their row, or no more.</summary>
    public List<(string Fleet, FrozenRow? Row)> Frozen { get; } = [];

    /// <summary>How many uses the batch takes of which tokens.</summary>
    public Dictionary<string, int> Uses { get; } = [];

    /// <summary>Clients that are pinned now, with when and by whom, or no more.</summary>
    public List<(long Id, DateTime? At, string? By)> Pinned { get; } = [];

    /// <summary>Clients of whom hooks are told that they are online, with since when, or that they are not.</summary>
    public List<(long Id, DateTime? Since)> Presence { get; } = [];

    /// <summary>What is kept of those who are removed.</summary>
    public List<TombstoneRow> Tombstones { get; } = [];

    /// <summary>The keys of those who were removed and are back; nothing is kept of their removal.</summary>
    public List<string> RestoredKeys { get; } = [];

    public List<EventRow> Events { get; } = [];

    public bool IsEmpty => Added.Count == 0 && Renamed.Count == 0 && RemovedIds.Count == 0 && Events.Count == 0 && Frozen.Count == 0 && Pinned.Count == 0 && Presence.Count == 0;
}
