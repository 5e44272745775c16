namespace WgFleet.Hooks.Deliveries.Webhook;

/// <summary>
/// When a webhook is tried again: the schedule that Standard Webhooks recommends, a little over three days in all. Jitter spreads
/// the retries after an outage, so that they do not all arrive at once.
/// </summary>
internal static class WebhookLadder
{
    private const double Jitter = 0.2;

    /// <summary>The waits before the second attempt and each later one.</summary>
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>The default number of attempts.</summary>
    public static int Attempts => Waits.Length + 1;

    /// <summary>
    /// The wait before an attempt, counted from 1; null if there are no more attempts. After the end of the schedule every wait is
    /// the longest one.
    /// </summary>
    public static TimeSpan? DelayBefore(int attempt, Random random, int maxAttempts)
    {
        if (attempt <= 1)
            return TimeSpan.Zero;

        return attempt > maxAttempts ? null : Waits[Math.Min(attempt - 2, Waits.Length - 1)] * (1 - Jitter + 2 * Jitter * random.NextDouble());
    }
}
