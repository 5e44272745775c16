namespace WgFleet.Store;

/// <summary>What waits for a hook, according to the database.</summary>
/// <param name="Hook">The name of the hook.</param>
/// <param name="Paused">Why it is paused; null if it is not.</param>
/// <param name="Lag">How many events it has neither handled nor stored as deliveries.</param>
/// <param name="Oldest">When the first of them happened; null if there are none.</param>
/// <param name="Pending">Deliveries that wait or are under way.</param>
/// <param name="Dead">Deliveries that were given up.</param>
internal sealed record HookBacklog(string Hook, string? Paused, long Lag, DateTimeOffset? Oldest, long Pending, long Dead);
