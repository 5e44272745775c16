namespace WgFleet.Hooks.Deliveries;

/// <summary>A delivery that waits or is under way.</summary>
/// <param name="Sequence">The event's number.</param>
/// <param name="Subject">The client it is about: deliveries of one subject are made in order.</param>
/// <param name="Attempt">Attempts made so far.</param>
/// <param name="DueAt">Not before this.</param>
/// <param name="Replayed">Whether an operator asked for it again.</param>
internal sealed record Pending(long Sequence, string Subject, int Attempt, DateTimeOffset DueAt, bool Replayed);
