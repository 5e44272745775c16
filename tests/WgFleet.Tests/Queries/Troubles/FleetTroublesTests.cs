using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Fleets.State;
using WgFleet.Queries.Troubles;
using static WgFleet.Tests.Dashboard.DashboardHost;

namespace WgFleet.Tests.Queries.Troubles;

public class FleetTroublesTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_fleet_that_is_not_up_is_told_with_its_reason_and_since_when()
    {
        var health = new FleetHealth(_time, NullLogger<FleetHealth>.Instance);
        health.Set("alpha", FleetCondition.Degraded, "its MTU is 1280");
        health.Set("beta", FleetCondition.Down, "UDP port 51821 is in use");
        health.Set("gamma", FleetCondition.Up);
        var snapshot = Snapshot(Fleet("alpha"), Fleet("beta"), Fleet("gamma"));

        var troubles = new TroubleList([_ => FleetTroubles.Of(snapshot, health)], _time).Now();

        troubles.Select(t => (t.Kind, t.Severity, t.Sentence, t.Fleet)).ShouldBe(
        [
            (TroubleKind.FleetDown, Severity.Broken, "fleet beta is down: UDP port 51821 is in use", "beta"),
            (TroubleKind.FleetDegraded, Severity.Attention, "fleet alpha is degraded: its MTU is 1280", "alpha"),
        ]);
        troubles.ShouldAllBe(t => t.Since == _time.GetUtcNow());
    }

    [Fact]
    public void A_client_that_went_offline_is_told_for_ten_minutes()
    {
        var heard = Now;
        var snapshot = Snapshot(Fleet("alpha", Heard(1, "crane", heard), Heard(2, null, heard), Heard(3, "loader", heard.AddMinutes(20)), RegisteredClient(4, "never-heard")));
        var gone = heard + TimeSpan.FromSeconds(180);

        OfflineTroubles.Of(snapshot, gone).ShouldBeEmpty();
        var trouble = OfflineTroubles.Of(snapshot, gone.AddSeconds(1)).ShouldHaveSingleItem();

        trouble.Sentence.ShouldBe("2 clients of alpha went offline in the last 10 minutes: crane, fd00:1::1002");
        trouble.Clients.ShouldBe(["crane", "fd00:1::1002"]);
        trouble.Since.ShouldBe(gone);
        OfflineTroubles.Of(snapshot, gone + OfflineTroubles.News).ShouldHaveSingleItem();
        OfflineTroubles.Of(snapshot, gone + OfflineTroubles.News + TimeSpan.FromSeconds(1)).ShouldBeEmpty();
    }

    [Fact]
    public void Of_many_clients_that_went_offline_five_are_in_the_sentence_and_twenty_are_named()
    {
        var snapshot = Snapshot(Fleet("alpha", [.. Enumerable.Range(1, 1025).Select(i => Heard(i, $"m{i}", Now))]), Fleet("beta", Heard(2000, "other", Now)));

        var troubles = OfflineTroubles.Of(snapshot, Now.AddSeconds(181)).ToList();

        troubles.Select(t => t.Sentence).ShouldBe(
        [
            "1,025 clients of alpha went offline in the last 10 minutes: m1, m2, m3, m4, m5 and 1,020 more",
            "1 client of beta went offline in the last 10 minutes: other",
        ]);
        troubles[0].Clients!.Count.ShouldBe(Trouble.MaxNamed);
    }

    private static Snapshot Snapshot(params FleetSnapshot[] fleets) => new(1, "example.test", [.. fleets]);

    private static RegisteredClient Heard(long id, string? name, DateTimeOffset at)
    {
        var client = RegisteredClient(id, name);
        client.Liveness.Observed(at, 0, 0, at);
        return client;
    }
}
