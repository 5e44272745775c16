using WgFleet.Queries.Troubles;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Queries.Troubles;

/// <summary>The metric of what is wrong. A process has one meter for all of its servers, so no other server runs beside this one.</summary>
[Collection(nameof(WholeProcess))]
public class TroubleMetricTests
{
    [Fact]
    public async Task The_metric_counts_troubles_by_kind()
    {
        await using var server = await StartAsync();
        await server.Registry.FreezeAsync("alpha", Acting.As("ops"));
        await server.Registry.FreezeAsync("beta", Acting.As("ops"));

        var scrape = new Scrape(await server.Http.GetStringAsync("/metrics", Ct));

        scrape["""wgfleet_troubles{kind="fleet_frozen"}"""].ShouldBe(2);
        TroubleWords.Kinds.Where(k => k != TroubleKind.FleetFrozen).ShouldAllBe(k => scrape[$"wgfleet_troubles{{kind=\"{k.Text()}\"}}"] == 0);
    }
}
