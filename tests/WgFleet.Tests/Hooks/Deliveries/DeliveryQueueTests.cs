using WgFleet.Hooks.Deliveries;

namespace WgFleet.Tests.Hooks.Deliveries;

public class DeliveryQueueTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_delivery_that_waits_when_the_clock_is_set_back_waits_no_longer()
    {
        var queue = new DeliveryQueue();
        queue.NextDue(Now).ShouldBeNull();
        queue.Add(new Pending(1, "a", 1, Now.AddSeconds(15), Replayed: false));

        var back = Now - TimeSpan.FromHours(30);
        queue.NextDue(back).ShouldBe(TimeSpan.FromSeconds(15));
        queue.Take(back.AddSeconds(14)).ShouldBeNull();
        queue.Take(back.AddSeconds(15))!.Sequence.ShouldBe(1);
    }

    [Fact]
    public void Deliveries_stay_in_the_order_in_which_they_are_due_when_the_clock_is_set_back()
    {
        var queue = new DeliveryQueue();
        queue.NextDue(Now).ShouldBeNull();
        queue.Add(new Pending(1, "a", 1, Now.AddSeconds(15), Replayed: false));
        queue.Add(new Pending(2, "b", 1, Now.AddSeconds(5), Replayed: false));

        var back = Now - TimeSpan.FromHours(1);
        queue.Take(back).ShouldBeNull();
        queue.Take(back.AddSeconds(20))!.Sequence.ShouldBe(2);
        queue.Take(back.AddSeconds(20))!.Sequence.ShouldBe(1);
    }
}
