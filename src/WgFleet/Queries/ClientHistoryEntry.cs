using WgFleet.Hooks;

namespace WgFleet.Queries;

/// <summary>One event of a client, with a sentence for people.</summary>
internal sealed record ClientHistoryEntry(long Seq, DateTimeOffset Time, string Type, string Fleet, string Address, string PublicKey, string? Hostname, string Text)
{
    /// <param name="e">An event that is about a client.</param>
    public static ClientHistoryEntry Of(FleetEvent e)
    {
        var client = e.Client!;
        return new(e.Sequence, e.Time, e.Type, client.Fleet, client.Address.ToString(), client.PublicKey, client.Hostname, EventTypes.Tell(e));
    }
}
