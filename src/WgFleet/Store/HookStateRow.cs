namespace WgFleet.Store;

/// <summary>How far a hook has come in the event log, and whether it is paused.</summary>
internal sealed class HookStateRow
{
    public required string Hook { get; set; }

    /// <summary>The number of the last event that is done with, or handed to the deliveries of this hook.</summary>
    public long Cursor { get; set; }

    /// <summary>Why it is paused; null if it is not.</summary>
    public string? Paused { get; set; }
}
