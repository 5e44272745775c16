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

    public List<EventRow> Events { get; } = [];

    public bool IsEmpty => Added.Count == 0 && Renamed.Count == 0 && RemovedIds.Count == 0 && Events.Count == 0 && Frozen.Count == 0;
}
