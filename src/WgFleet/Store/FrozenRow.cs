namespace WgFleet.Store;

/// <summary>A fleet that is frozen; without a row it is not.</summary>
internal sealed class FrozenRow
{
    public required string Fleet { get; init; }

    public required DateTime Since { get; init; }

    /// <summary>Who froze it.</summary>
    public required string By { get; init; }
}
