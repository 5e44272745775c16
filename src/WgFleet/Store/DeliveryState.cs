namespace WgFleet.Store;

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
