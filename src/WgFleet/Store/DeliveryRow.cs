namespace WgFleet.Store;

/// <summary>
/// One event on its way to one hook. There is no state "running": what is under way is known to the process that does it,
/// and after a crash the row simply still waits.
/// </summary>
internal sealed class DeliveryRow
{
    public const string Pending = "pending";
    public const string Dead = "dead";
    public const string Done = "done";

    public required string Hook { get; set; }

    public long Seq { get; set; }

    /// <summary>The event's subject: rows of one hook and subject are worked in their order.</summary>
    public string? Subject { get; set; }

    public required string State { get; set; }

    /// <summary>Attempts made so far.</summary>
    public int Attempt { get; set; }

    /// <summary>Not before this, in milliseconds since 1970.</summary>
    public long NextAt { get; set; }

    /// <summary>Whether an operator asked for it again.</summary>
    public bool Replayed { get; set; }

    /// <summary>What the last attempt ended with: "200", "exit 75"; null before the first.</summary>
    public string? Code { get; set; }

    public string? Error { get; set; }

    public string? Response { get; set; }

    /// <summary>How long the last attempt took, in milliseconds.</summary>
    public long TookMs { get; set; }

    /// <summary>When the last attempt ended, in milliseconds since 1970.</summary>
    public long EndedAt { get; set; }
}
