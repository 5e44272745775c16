namespace WgFleet.Store;

/// <summary>A row of the event log, inserted in the transaction of the change. Numbers are in the order of commits.</summary>
internal sealed class EventRow
{
    public long Seq { get; set; }

    public required string Id { get; set; }

    public required string Type { get; set; }

    public string? Fleet { get; set; }

    /// <summary>fleets/NAME/clients/ADDRESS; null for an event of no client. Events of one subject keep their order.</summary>
    public string? Subject { get; set; }

    public DateTime Time { get; set; }

    /// <summary>The other facts of the event, as JSON.</summary>
    public required string Data { get; set; }

    /// <summary>The number of the client that it is about; null for an event of no client, and for one that is for one hook alone.</summary>
    public long? Client { get; set; }

    /// <summary>The one hook it is for; null for all.</summary>
    public string? Hook { get; set; }
}
