namespace WgFleet.Store;

/// <summary>Which events a query of the log returns.</summary>
/// <param name="Type">Of this type; null for all.</param>
/// <param name="Fleet">Of this fleet; null for all, and for what is about no fleet.</param>
/// <param name="Client">About a client that has, or just had, exactly this name, address, full name or public key; null for all.</param>
/// <param name="Since">From this time on; null for all.</param>
/// <param name="Before">Of a smaller number; null for the latest.</param>
internal sealed record EventFilter(string? Type = null, string? Fleet = null, string? Client = null, DateTime? Since = null, long? Before = null)
{
    /// <summary>How many event numbers one query looks through at most.</summary>
    public const int MostLookedAt = 100_000;
}
