namespace WgFleet.Store;

/// <summary>
/// A row of the table deliveries: one event for one hook. There is no state "running": only the process knows which deliveries are under way,
/// so after a crash they are still pending.
/// </summary>
internal sealed class DeliveryRow
{
    public required string Hook { get; set; }

    public long Seq { get; set; }

    /// <summary>The event's subject: the deliveries of one hook and subject are attempted in the order of their events.</summary>
    public string? Subject { get; set; }

    public required DeliveryState State { get; set; }

    /// <summary>How many attempts were made.</summary>
    public int Attempt { get; set; }

    /// <summary>When the next attempt is due, in milliseconds since 1970.</summary>
    public long NextAt { get; set; }

    /// <summary>Whether it is a replay: an operator asked for it, or the hook was new.</summary>
    public bool Replayed { get; set; }

    /// <summary>The result of the last attempt, such as "200" or "exit 75"; null before the first.</summary>
    public string? Code { get; set; }

    public string? Error { get; set; }

    public string? Response { get; set; }

    /// <summary>How long the last attempt took, in milliseconds.</summary>
    public long TookMs { get; set; }

    /// <summary>When the last attempt ended, in milliseconds since 1970.</summary>
    public long EndedAt { get; set; }
}

/// <summary>The state of a delivery.</summary>
internal enum DeliveryState
{
    /// <summary>It waits for an attempt, or one is under way.</summary>
    Pending,

    /// <summary>It was given up.</summary>
    Dead,

    /// <summary>It has arrived.</summary>
    Done,
}

/// <summary>States of deliveries as the database has them, and as operators read them.</summary>
internal static class DeliveryStateText
{
    public static string Text(this DeliveryState state) => state switch
    {
        DeliveryState.Pending => "pending",
        DeliveryState.Dead => "dead",
        _ => "done",
    };

    /// <exception cref="ArgumentException">There is no such state.</exception>
    public static DeliveryState Parse(string text) => text switch
    {
        "pending" => DeliveryState.Pending,
        "dead" => DeliveryState.Dead,
        "done" => DeliveryState.Done,
        _ => throw new ArgumentException($"a delivery cannot be '{text}'", nameof(text)),
    };
}
