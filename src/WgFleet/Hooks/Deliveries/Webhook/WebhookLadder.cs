using WgFleet.Hosting;

namespace WgFleet.Hooks.Deliveries.Webhook;

/// <summary>When a webhook is tried again: the schedule that Standard Webhooks recommends, a little over three days in all.</summary>
internal static class WebhookLadder
{
    /// <summary>The default number of attempts.</summary>
    public const int Attempts = 10;

    public static readonly RetrySchedule Schedule = new(
        0.2,
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24));
}
