using Microsoft.Extensions.DependencyInjection;
using WgFleet.Config;
using WgFleet.Hooks.Deliveries.Webhook;
using WgFleet.Hooks.Discovery;

namespace WgFleet.Tests.Hooks.Deliveries.Webhook;

public class WebhookLadderTests
{
    private static readonly TimeSpan[] Standard =
    [
        TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
        TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    [Fact]
    public void The_waits_are_those_of_Standard_Webhooks_and_end_after_the_last()
    {
        using var delivery = Delivery(0.5);

        for (var attempt = 2; attempt <= Standard.Length; attempt++)
            delivery.DelayBefore(attempt).ShouldNotBeNull().ShouldBe(Standard[attempt - 1], TimeSpan.FromMilliseconds(1));

        Standard.Length.ShouldBe(WebhookLadder.Attempts);
        delivery.DelayBefore(Standard.Length + 1).ShouldBeNull();
        delivery.DelayBefore(int.MaxValue).ShouldBeNull();
    }

    [Fact]
    public void A_max_attempts_ends_the_attempts_earlier_or_repeats_the_longest_wait()
    {
        using var few = Delivery(0.5, 2);
        using var many = Delivery(0.5, 12);

        (few.DelayBefore(2), few.DelayBefore(3)).ShouldBe((Standard[1], null));
        (many.DelayBefore(12), many.DelayBefore(13)).ShouldBe((Standard[^1], null));
    }

    [Fact]
    public void The_configured_max_attempts_applies()
    {
        var config = new HookConfig { Name = "a", MaxAttempts = 1, Kind = new WebhookConfig { Url = new Uri("http://hook.test/") } };

        using var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddLogging().BuildServiceProvider();
        using var delivery = (WebhookDelivery)HookDefinitions.Of(config)!.Create!(services);

        delivery.DelayBefore(2).ShouldBeNull();
    }

    [Theory]
    [InlineData(0, 0.8)]
    [InlineData(0.25, 0.9)]
    [InlineData(1, 1.2)]
    public void Each_wait_varies_at_random_by_a_fifth_at_most(double chance, double factor)
    {
        using var delivery = Delivery(chance);

        for (var attempt = 2; attempt <= Standard.Length; attempt++)
            delivery.DelayBefore(attempt).ShouldNotBeNull().ShouldBe(Standard[attempt - 1] * factor, TimeSpan.FromMilliseconds(1));
    }

    private static WebhookDelivery Delivery(double chance, int? maxAttempts = null) =>
        new(new WebhookConfig { Url = new Uri("http://hook.test/") }, TimeProvider.System, new Fixed(chance), maxAttempts: maxAttempts);

    private sealed class Fixed(double chance) : Random
    {
        public override double NextDouble() => chance;
    }
}
