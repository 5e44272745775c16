using WgFleet.Config;
using WgFleet.Hosting;

namespace WgFleet.Tests.Fleets;

/// <summary>A fleet with a time-table. The clock of these tests begins at 03:04:05 UTC.</summary>
public class PhaseTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static PhaseConfig Contest => new("contest", new(null, new(4, 0)), new(null, new(5, 0)), TimeZoneInfo.Utc);

    [Fact]
    public async Task In_a_phase_no_client_is_pruned_and_no_name_changes()
    {
        await using var test = await StartAsync();
        var web = await test.JoinAsync("alpha", "web");
        (test.Alpha.Phase, test.Alpha.Frozen).ShouldBe((null, null));

        await GoToAsync(test, 4);

        test.Alpha.Phase!.Text.ShouldBe("the phase contest until 2026-01-02 05:00:00Z");
        (await test.NameAsync(web, "db")).ShouldBe("web");
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(0);

        await GoToAsync(test, 5);

        test.Alpha.Phase.ShouldBeNull();
        (await test.NameAsync(web, "db")).ShouldBe("db");
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(1);
        test.ShouldAgree();
        test.Log.Lines.Select(l => l.Message).ShouldContain("Fleet alpha is in the phase contest until 2026-01-02 05:00:00Z");
        test.Log.Lines.Select(l => l.Message).ShouldContain("Fleet alpha is in no phase of its time-table");
    }

    [Fact]
    public async Task A_phase_that_does_not_freeze_leaves_pruning_and_names_as_they_are()
    {
        await using var test = await StartAsync(Contest with { Freezes = false });
        var web = await test.JoinAsync("alpha", "web");

        await GoToAsync(test, 4);

        (await test.NameAsync(web, "db")).ShouldBe("db");
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(1);
    }

    [Fact]
    public async Task A_phase_that_takes_over_from_one_of_the_same_name_and_end_does_what_it_says_and_is_not_told_again()
    {
        var early = Contest with { From = new(null, new(3, 30)), Freezes = false };
        await using var test = await TestRegistry.StartAsync(c => c with { Fleets = [c.Fleets[0] with { Phases = [Contest, early] }, c.Fleets[1]] });
        await test.PassAsync(TimeSpan.FromMinutes(30));
        await test.Registry.FollowPhasesAsync();
        test.Alpha.Frozen.ShouldBeNull();

        await GoToAsync(test, 4);

        test.Alpha.Frozen.ShouldNotBeNull();
        Some.Rows(test.Config.Database, "SELECT data FROM events WHERE type = 'fleet.phase_changed'").Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_a_phase_freezes_cannot_be_thawed_and_an_operators_freeze_outlasts_it()
    {
        await using var test = await StartAsync();
        await GoToAsync(test, 4);

        (await Should.ThrowAsync<RefusedException>(test.Registry.ThawAsync("alpha", Acting.As("ops")))).Message
            .ShouldBe("fleet 'alpha' is frozen by the phase contest until 2026-01-02 05:00:00Z; to end that earlier, change its phases in the configuration and reload");

        (await test.Registry.FreezeAsync("alpha", Acting.As("ops"))).Changed.ShouldBeTrue();
        (await test.Registry.ThawAsync("alpha", Acting.As("ops"))).Now!.By.ShouldBe("the phase contest until 2026-01-02 05:00:00Z");
        test.Log.Lines.Select(l => l.Message).ShouldContain("Fleet alpha was thawed by ops and stays frozen by the phase contest until 2026-01-02 05:00:00Z");

        (await test.Registry.FreezeAsync("alpha", Acting.As("ops"))).Changed.ShouldBeTrue();
        await GoToAsync(test, 5);
        test.Alpha.Frozen!.By.ShouldBe("ops");
        (await test.Registry.ThawAsync("alpha", Acting.As("ops"))).Changed.ShouldBeTrue();
        test.Alpha.Frozen.ShouldBeNull();
    }

    [Fact]
    public async Task Hooks_are_told_once_when_a_phase_begins_and_once_when_it_ends_also_across_restarts()
    {
        await using var test = await StartAsync();
        await GoToAsync(test, 4);
        await test.RestartAsync();
        test.Alpha.Phase!.Name.ShouldBe("contest");

        // It ends while the server is down.
        test.Time.Advance(TimeSpan.FromHours(1));
        await test.RestartAsync();
        await test.RestartAsync();

        Some.Rows(test.Config.Database, "SELECT fleet, data FROM events WHERE type = 'fleet.phase_changed' ORDER BY seq").ShouldBe([
            """alpha|{"fleet":"alpha","phase":"contest","until":"2026-01-02T05:00:00Z"}""",
            """alpha|{"fleet":"alpha","previous":"contest"}"""]);
    }

    [Fact]
    public async Task A_phase_whose_times_are_changed_at_a_reload_is_told_again()
    {
        await using var test = await StartAsync();
        await GoToAsync(test, 4);

        await test.RestartAsync(c => c with { Fleets = [c.Fleets[0] with { Phases = [Contest with { To = new(null, new(6, 0)) }] }, c.Fleets[1]] });

        test.Alpha.Phase!.Text.ShouldBe("the phase contest until 2026-01-02 06:00:00Z");
        Some.Rows(test.Config.Database, "SELECT data FROM events WHERE type = 'fleet.phase_changed' ORDER BY seq").Count.ShouldBe(2);
    }

    private static Task<TestRegistry> StartAsync(PhaseConfig? phase = null) =>
        TestRegistry.StartAsync(c => c with { Fleets = [c.Fleets[0] with { Phases = [phase ?? Contest] }, c.Fleets[1]] });

    private static async Task GoToAsync(TestRegistry test, int hour)
    {
        await test.PassAsync(test.Time.GetUtcNow().UtcDateTime.Date.AddHours(hour) - test.Time.GetUtcNow().UtcDateTime);
        await test.Registry.FollowPhasesAsync();
    }
}
