using WgFleet.Fleets;
using WgFleet.Metrics;

namespace WgFleet.Tests.Fleets;

public class ClientGaugeTests
{
    [Fact]
    public async Task The_gauges_show_the_clients_the_held_clients_and_the_freeze_of_each_fleet()
    {
        // Meters are the whole process's: no other test has fleets of these names.
        await using var test = await TestRegistry.StartAsync(c => c with { Fleets = [c.Fleets[0] with { Name = "gauged" }, c.Fleets[1] with { Name = "gauged2" }] });
        using var metrics = new MetricsCollector();
        using var gauge = new ClientGauge(() => test.Registry.Current, test.Health, test.Time);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => test.JoinAsync("gauged")));

        Figures().ShouldBe((12, 0, 0, 0));
        await test.PassAsync(TimeSpan.FromMinutes(31));
        await test.Pruner.PruneAsync(TestContext.Current.CancellationToken);
        Figures().ShouldBe((12, 12, 0, 0));
        await test.Registry.FreezeAsync("gauged", Acting.As("ops"));
        Figures().ShouldBe((12, 0, 1, 0));
        await test.Registry.ThawAsync("gauged", Acting.As("ops"));
        Figures().ShouldBe((12, 0, 0, 0));

        (double?, double?, double?, double?) Figures()
        {
            var now = Scrape.Of(metrics);
            return (now["""wgfleet_clients{fleet="gauged"}"""], now["""wgfleet_prune_held_clients{fleet="gauged"}"""],
                now["""wgfleet_fleet_frozen{fleet="gauged"}"""], now["""wgfleet_prune_held_clients{fleet="gauged2"}"""]);
        }
    }

    [Fact]
    public async Task The_counters_show_the_traffic_of_a_fleet_also_when_a_peer_counts_from_zero_again()
    {
        await using var test = await TestRegistry.StartAsync(c => c with { Fleets = [c.Fleets[0] with { Name = "carried" }] });
        using var metrics = new MetricsCollector();
        var client = await test.JoinAsync("carried");
        await test.Registry.ObserveAsync("carried", TestContext.Current.CancellationToken);

        (await CarriedAsync(1000)).ShouldBe(1000);
        (await CarriedAsync(500)).ShouldBe(1500);
        (await CarriedAsync(-1200)).ShouldBe(1800);

        async Task<double?> CarriedAsync(long more)
        {
            test.WireGuard.Touch("wg_carried", client.PublicKey, test.Time.GetUtcNow(), more);
            await test.Registry.ObserveAsync("carried", TestContext.Current.CancellationToken);
            return Scrape.Of(metrics)["""wgfleet_received_bytes_total{fleet="carried"}"""];
        }
    }
}
