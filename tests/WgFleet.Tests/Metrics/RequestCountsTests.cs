using WgFleet.Metrics;

namespace WgFleet.Tests.Metrics;

public class RequestCountsTests
{
    [Fact]
    public async Task Machines_requests_are_counted_by_fleet_and_outcome_and_unknown_fleets_get_no_label()
    {
        using var metrics = new MetricsCollector();
        await using var server = await TestServer.StartAsync(c => c with { Fleets = [c.Fleets[0] with { Name = "counted" }] });

        var client = await server.JoinAsync("counted");
        (await server.PingAsync("{}", client.Address.ToString(), "counted")).Status.ShouldBe(200);
        (await server.PingAsync("{", client.Address.ToString(), "counted")).Status.ShouldBe(422);
        (await server.PingAsync("{}", client.Address.ToString(), "made_up")).Status.ShouldBe(404);

        // A request is counted once it is answered.
        await Eventually.True(() => Scrape.Of(metrics)["""wgfleet_pings_total{fleet="",outcome="refused"}"""] > 0);
        Scrape.Of(metrics).ShouldSatisfyAllConditions(
            s => s["""wgfleet_clients{fleet="counted"}"""].ShouldBe(1),
            s => s["""wgfleet_registrations_total{fleet="counted",outcome="ok"}"""].ShouldBe(1),
            s => s["""wgfleet_pings_total{fleet="counted",outcome="ok"}"""].ShouldBe(1),
            s => s["""wgfleet_pings_total{fleet="counted",outcome="refused"}"""].ShouldBe(1),
            s => s.Text.ShouldNotContain("made_up"));
    }

    [Fact]
    public async Task The_gateway_may_read_the_metrics_and_a_client_behind_a_proxy_may_not()
    {
        await using var server = await TestServer.StartAsync();

        (await server.SendAsync(HttpMethod.Get, "/metrics")).Body.ShouldContain("wgfleet_hook_status{hook=\"hosts_file\",status=\"ok\"} 1\n");

        var forwarded = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { { "X-Forwarded-For", "fd00::1" } } };
        (await server.SendAsync(forwarded)).ShouldBe(TestServer.Reply.Json(404, """{"detail":"Not Found"}"""));
    }
}
