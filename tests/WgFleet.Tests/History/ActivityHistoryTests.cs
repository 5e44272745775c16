using WgFleet.Fleets.State;
using WgFleet.History;
using WgFleet.Tests.Dashboard;
using static WgFleet.Tests.Dashboard.DashboardHost;

namespace WgFleet.Tests.History;

public class ActivityHistoryTests
{
    private readonly ManualTime _time = new();
    private readonly ActivityHistory _history;

    public ActivityHistoryTests()
    {
        _time.Advance(Now - _time.GetUtcNow());
        _history = new ActivityHistory(_time);
    }

    [Fact]
    public void Traffic_from_before_the_start_does_not_count()
    {
        var old = RegisteredClient(1, quiet: TimeSpan.FromDays(30));
        old.Liveness.Observed(null, 50_000_000_000, 70_000_000_000, Now);

        Take(old);
        old.Liveness.Observed(null, 50_000_001_000, 70_000_000_300, Now);
        Take(old);

        Fleet().ShouldBe((1000, 300));
    }

    [Fact]
    public void A_new_client_is_counted_from_zero()
    {
        Take();
        var young = RegisteredClient(1);
        young.Liveness.Observed(null, 700, 200, Now);

        Take(young);

        Fleet().ShouldBe((700, 200));
        Client(1).ShouldBe((700, 200));
    }

    [Fact]
    public void Nothing_is_counted_before_the_first_reading_of_the_interface()
    {
        var old = RegisteredClient(1, quiet: TimeSpan.FromDays(1));

        Take(old);
        old.Liveness.Observed(null, 5_000_000, 5_000_000, Now);
        Take(old);

        Fleet().ShouldBe((0, 0));
        Client(1).ShouldBe((0, 0));
    }

    [Fact]
    public void A_counter_that_starts_again_makes_no_spike_and_no_gap()
    {
        var client = RegisteredClient(1, quiet: TimeSpan.FromDays(1));
        foreach (var counted in new[] { 9_000_000, 9_000_100, 40, 50 })
        {
            client.Liveness.Observed(null, counted, counted, Now);
            Take(client);
        }

        Fleet().ShouldBe((150, 150));
        Client(1).ShouldBe((150, 150));
    }

    [Fact]
    public void Points_older_than_a_day_are_dropped()
    {
        var client = RegisteredClient(1);
        var bytes = 0;
        for (var hour = 0; hour < 30; hour++)
        {
            client.Liveness.Observed(null, bytes += 1000, 0, _time.GetUtcNow());
            Take(client);
            _time.Advance(TimeSpan.FromHours(1));
        }

        var now = _time.GetUtcNow();
        var fleet = _history.Of("alpha", now);
        fleet.Points.Length.ShouldBe(288);
        fleet.Points.Where(p => p.IsKnown).Select(p => p.Received).ShouldBe(Enumerable.Repeat(1000L, 23));
        fleet.Span.StartOf(287).ShouldBe(now);
        fleet.Span.StartOf(0).ShouldBe(now - TimeSpan.FromMinutes(5 * 287));
        _history.Of("alpha", 1, now).Points.Count(p => p.Received > 0).ShouldBe(23);
    }

    [Fact]
    public void A_time_without_samples_is_a_gap()
    {
        Take(RegisteredClient(1));
        _time.Advance(TimeSpan.FromMinutes(20));
        Take(RegisteredClient(1));

        _history.Of("alpha", _time.GetUtcNow()).Points[^6..].Select(p => p.IsKnown).ShouldBe([false, true, false, false, false, true]);
    }

    [Fact]
    public void A_slot_has_the_clients_online_at_its_last_sample()
    {
        var (here, quiet) = (RegisteredClient(1), RegisteredClient(2, quiet: TimeSpan.FromHours(1)));
        here.Liveness.Observed(Now, 0, 0, Now);
        Take(quiet);
        Take(here, quiet);

        _history.Of("alpha", Now).Points[^1].ShouldBe(new FleetPoint(true, 2, 1, 0, 0));
    }

    [Fact]
    public void The_rate_is_that_of_the_last_minute()
    {
        var client = RegisteredClient(1);
        for (var i = 0; i <= 30; i++)
        {
            // The first minutes are wilder than the last one.
            client.Liveness.Observed(null, i < 24 ? i * 1_000_000 : 23_000_000 + ((i - 23) * 600), 0, _time.GetUtcNow());
            Take(client);
            if (i < 30)
                _time.Advance(ActivityHistory.Interval);
        }

        _history.Rate("alpha").ShouldBe((60, 0));
        _history.Rate("beta").ShouldBe((0, 0));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-2000)]
    public void After_a_clock_is_set_back_the_present_is_shown_and_nothing_of_the_future(int hours)
    {
        var client = RegisteredClient(1);
        client.Liveness.Observed(null, 10, 0, Now);
        Take(client);

        var then = Now + TimeSpan.FromHours(hours);
        var trace = new FleetHistory();
        trace.Take(DashboardHost.Fleet("alpha", client), Now, Now);
        client.Liveness.Observed(null, 25, 0, Now);
        trace.Take(DashboardHost.Fleet("alpha", client), then, Now);

        trace.Until(then)[^1].Received.ShouldBe(15);
        trace.Until(Now)[^1].IsKnown.ShouldBeFalse();
        trace.Rate().ShouldBe((0, 0));
    }

    [Fact]
    public void A_clock_that_is_set_back_a_little_loses_no_points()
    {
        var client = RegisteredClient(1);
        client.Liveness.Observed(null, 10, 0, Now);
        var trace = new FleetHistory();
        var start = DateTimeOffset.FromUnixTimeSeconds(Now.ToUnixTimeSeconds() / 300 * 300);
        trace.Take(DashboardHost.Fleet("alpha", client), start, start.AddDays(-1));
        client.Liveness.Observed(null, 25, 0, Now);
        trace.Take(DashboardHost.Fleet("alpha", client), start.AddSeconds(-1), start.AddDays(-1));

        trace.Until(start)[^1].Received.ShouldBe(25);
    }

    [Fact]
    public void A_server_that_started_while_the_clock_was_ahead_shows_rates_as_soon_as_the_clock_is_right()
    {
        _time.Advance(-TimeSpan.FromDays(2));

        Take(RegisteredClient(1));

        _history.Since.ShouldBe(_time.GetUtcNow());
    }

    [Fact]
    public void A_removed_client_is_forgotten()
    {
        var (a, b) = (RegisteredClient(1), RegisteredClient(2));
        a.Liveness.Observed(null, 10, 0, Now);
        b.Liveness.Observed(null, 20, 0, Now);
        Take(a, b);

        Take(b);

        Client(1).ShouldBe((0, 0));
        Client(2).ShouldBe((20, 0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(123_456_789)]
    [InlineData(80_000_000_000_000)]
    public void A_clients_traffic_is_off_by_at_most_half_a_percent(long bytes)
    {
        var client = RegisteredClient(1);
        Take(client);
        for (var i = 1; i <= 80; i++)
        {
            client.Liveness.Observed(null, bytes * i / 80, 0, Now);
            Take(client);
        }

        Client(1).Received.ShouldBe(bytes, bytes * 0.005);
    }

    private void Take(params RegisteredClient[] clients) => _history.Take(new Snapshot(1, "example.org", [DashboardHost.Fleet("alpha", clients)]));

    private (long Received, long Sent) Fleet() => _history.Of("alpha", _time.GetUtcNow()).Points[^1] is var p ? (p.Received, p.Sent) : default;

    private (double Received, double Sent) Client(long id)
    {
        var (received, sent) = _history.Of("alpha", id, _time.GetUtcNow()).Points[^1];
        return (received, sent);
    }
}
