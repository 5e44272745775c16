namespace WgFleet.Hooks.Deliveries;

/// <summary>A delivery that waits: which event, how often it was tried, and when it is due.</summary>
internal sealed record Pending(long Sequence, string Subject, int Attempt, DateTimeOffset DueAt, bool Replayed);
