using WgFleet.Config;
using WgFleet.Hooks.Deliveries.Webhook;

namespace WgFleet.Tests.Hooks.Deliveries;

public class WebhookLadderTests
{
    private static readonly TimeSpan[] Standard =
    [
        TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
        TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    [Fact]
    public void The_waits_are_those_of_Standard_Webhooks_and_then_there_are_none()
    {
        using var delivery = Delivery(0.5);

        for (var attempt = 1; attempt <= Standard.Length; attempt++)
            delivery.DelayBefore(attempt).ShouldNotBeNull().ShouldBe(Standard[attempt - 1], TimeSpan.FromMilliseconds(1));

        delivery.DelayBefore(Standard.Length + 1).ShouldBeNull();
        delivery.DelayBefore(int.MaxValue).ShouldBeNull();
    }

    [Theory]
    [InlineData(0, 0.8)]
    [InlineData(0.25, 0.9)]
    [InlineData(1, 1.2)]
    public void Chance_moves_each_wait_by_a_fifth_at_most(double chance, double factor)
    {
        using var delivery = Delivery(chance);

        for (var attempt = 1; attempt <= Standard.Length; attempt++)
            delivery.DelayBefore(attempt).ShouldNotBeNull().ShouldBe(Standard[attempt - 1] * factor, TimeSpan.FromMilliseconds(1));
    }

    private static WebhookDelivery Delivery(double chance) =>
        new(new WebhookConfig { Url = new Uri("http://hook.test/") }, TimeProvider.System, new Fixed(chance));

    private sealed class Fixed(double chance) : Random
    {
        public override double NextDouble() => chance;
    }
}
