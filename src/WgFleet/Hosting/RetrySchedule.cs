namespace WgFleet.Hosting;

/// <summary>
/// The waits before the second attempt and each later one, for what is tried a limited number of times; after the last one every wait is the last. Each
/// wait differs by up to <paramref name="Jitter"/> of it, either way, so that the retries after an outage do not all arrive at once.
/// What is tried for ever waits as <see cref="Backoff"/> says.
/// </summary>
/// <param name="Jitter">A share, 0 to 1.</param>
/// <param name="Waits">The waits.</param>
internal sealed record RetrySchedule(double Jitter, params IReadOnlyList<TimeSpan> Waits)
{
    /// <summary>The wait before an attempt, from the second on; null if there is to be none.</summary>
    /// <param name="attempt">The number of the attempt, from 1.</param>
    /// <param name="maxAttempts">How many attempts there are.</param>
    /// <param name="random">For the jitter.</param>
    public TimeSpan? DelayBefore(int attempt, int maxAttempts, Random random) =>
        attempt >= 2 && attempt <= maxAttempts ? Waits[Math.Min(attempt - 2, Waits.Count - 1)] * (1 - Jitter + (2 * Jitter * random.NextDouble())) : null;
}
