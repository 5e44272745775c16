namespace WgFleet.Hooks.Programs;

/// <summary>When an event is given to a program again that has failed on it. Jitter spreads the retries after an outage.</summary>
internal static class ProgramLadder
{
    /// <summary>The default number of attempts.</summary>
    public const int Attempts = 8;

    private const double Jitter = 0.2;

    /// <summary>The waits before the second attempt and each later one.</summary>
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1),
    ];

    /// <summary>The wait before an attempt, from the second on; null if there is to be none. After the end of the schedule every wait is the longest one.</summary>
    public static TimeSpan? DelayBefore(int attempt, Random random, int maxAttempts) =>
        attempt >= 2 && attempt <= maxAttempts ? Waits[Math.Min(attempt - 2, Waits.Length - 1)] * (1 - Jitter + (2 * Jitter * random.NextDouble())) : null;
}
