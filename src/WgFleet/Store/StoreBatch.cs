namespace WgFleet.Store;

/// <summary>What one transaction writes.</summary>
internal sealed class StoreBatch
{
    public List<ClientRow> Added { get; } = [];

    public List<(long Id, string? Hostname)> Renamed { get; } = [];

    public List<long> RemovedIds { get; } = [];

    public List<EventRow> Events { get; } = [];

    public bool IsEmpty => Added.Count == 0 && Renamed.Count == 0 && RemovedIds.Count == 0 && Events.Count == 0;
}
