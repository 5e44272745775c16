using WgFleet.Fleets.Commands;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;

namespace WgFleet.Tests.Fleets;

public class FreezeTests
{
    private static readonly TimeSpan Stale = TimeSpan.FromMinutes(31);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_frozen_fleet_is_not_pruned_until_it_is_thawed()
    {
        await using var test = await TestRegistry.StartAsync();
        await test.JoinAsync("alpha", "web");
        await test.JoinAsync("beta");
        (await test.Registry.FreezeAsync("alpha", Acting.As("ops"))).ShouldBe(new FreezeChange(new Freeze(test.Time.GetUtcNow(), "ops"), Changed: true));
        await test.PassAsync(Stale);

        (await test.Pruner.PruneAsync(Ct)).ShouldBe(1);
        (test.Alpha.Count, test.Registry.Current.Fleet("beta")!.Count).ShouldBe((1, 0));

        (await test.Registry.ThawAsync("alpha", Acting.As("ops"))).ShouldBe(new FreezeChange(null, Changed: true));
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(1);
        test.Alpha.Count.ShouldBe(0);
        test.ShouldAgree();
        test.Log.Lines.Select(l => l.Message).ShouldContain("Fleet alpha was frozen by ops: no client is pruned and no name changes until wg-fleet fleets thaw");
        test.Log.Lines.Select(l => l.Message).ShouldContain("Fleet alpha was thawed by ops: stale clients are pruned and names can change again");
    }

    [Fact]
    public async Task In_a_frozen_fleet_a_named_client_keeps_its_name_and_an_unnamed_client_gets_one()
    {
        await using var test = await TestRegistry.StartAsync();
        var (web, second, nameless) = (await test.JoinAsync("alpha", "web"), await test.JoinAsync("alpha", "web"), await test.JoinAsync());
        await test.Registry.FreezeAsync("alpha", Acting.As("ops"));
        var before = test.Events.Count;

        (await test.NameAsync(web, "db")).ShouldBe("web");
        await test.RemoveAsync(web);
        (await test.NameAsync(second, "web")).ShouldBe("web--2");
        test.Events.Count.ShouldBe(before + 1);
        (await test.NameAsync(nameless, "web")).ShouldBe("web");
        (await test.NameAsync(nameless, "db")).ShouldBe("web");

        await test.Registry.ThawAsync("alpha", Acting.As("ops"));
        (await test.NameAsync(nameless, "db")).ShouldBe("db");
        (await test.NameAsync(second, "web")).ShouldBe("web");
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_freeze_and_a_thaw_survive_a_restart()
    {
        await using var test = await TestRegistry.StartAsync();
        await test.JoinAsync("alpha", "web");
        await test.Registry.FreezeAsync("alpha", Acting.As("ops"));
        var frozen = test.Alpha.Frozen;

        await test.RestartAsync();
        test.Alpha.Frozen.ShouldBe(frozen);
        test.Log.Lines.Select(l => l.Message).ShouldContain("Fleet alpha is frozen, by ops at 2026-01-02 03:04:05Z: no client is pruned and no name changes until wg-fleet fleets thaw");
        await test.PassAsync(Stale);
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(0);

        await test.Registry.ThawAsync("alpha", Acting.As("ops"));
        await test.RestartAsync();
        test.Alpha.Frozen.ShouldBeNull();
    }

    [Fact]
    public async Task A_frozen_fleet_that_is_removed_from_the_configuration_comes_back_frozen()
    {
        await using var test = await TestRegistry.StartAsync();
        await test.Registry.FreezeAsync("beta", Acting.As("ops"));
        var fleets = test.Config.Fleets;

        await test.RestartAsync(c => c with { Fleets = [fleets[0]] });
        await test.RestartAsync(c => c with { Fleets = fleets });

        test.Registry.Current.Fleet("beta")!.Frozen.ShouldNotBeNull();
        test.Alpha.Frozen.ShouldBeNull();
    }

    [Fact]
    public async Task A_second_freeze_or_thaw_changes_nothing()
    {
        await using var test = await TestRegistry.StartAsync();
        var first = await test.Registry.FreezeAsync("alpha", Acting.As("ops"));
        test.Time.Advance(TimeSpan.FromSeconds(9));

        (await test.Registry.FreezeAsync("alpha", Acting.As("others"))).ShouldBe(first with { Changed = false });
        Some.Rows(test.Config.Database, "SELECT fleet, since, frozen_by FROM frozen_fleets").ShouldBe(["alpha|2026-01-02 03:04:05.000000|ops"]);
        (await test.Registry.ThawAsync("alpha", Acting.As("ops"))).Changed.ShouldBeTrue();
        (await test.Registry.ThawAsync("alpha", Acting.As("ops"))).Changed.ShouldBeFalse();
        Some.Rows(test.Config.Database, "SELECT fleet FROM frozen_fleets").ShouldBeEmpty();
        (await Should.ThrowAsync<RefusedException>(test.Registry.FreezeAsync("gamma", Acting.As("ops")))).Kind.ShouldBe(Refusal.NotFound);
    }

    [Fact]
    public async Task A_freeze_that_could_not_be_stored_has_no_effect()
    {
        await using var test = await TestRegistry.StartAsync();
        Some.Execute(test.Config.Database, "CREATE TRIGGER refuse BEFORE INSERT ON frozen_fleets BEGIN SELECT RAISE(FAIL, 'disk full'); END");

        await Should.ThrowAsync<Exception>(test.Registry.FreezeAsync("alpha", Acting.As("ops")));

        test.Alpha.Frozen.ShouldBeNull();
        Some.Execute(test.Config.Database, "DROP TRIGGER refuse");
        (await test.Registry.FreezeAsync("alpha", Acting.As("ops"))).Changed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_freeze_stops_the_prune_that_is_under_way()
    {
        await using var test = await TestRegistry.StartAsync();
        var (first, second) = (await test.JoinAsync(), await test.JoinAsync());
        await test.PassAsync(Stale);
        test.Hold = new FakeWireGuard.Barrier();
        var busy = test.JoinAsync("beta");
        await test.Hold.Reached;

        var freeze = test.Registry.FreezeAsync("alpha", Acting.As("ops"));
        var sweep = test.Registry.PruneAsync("alpha", [first.Id, second.Id]);
        var removal = test.RemoveAsync(second);
        test.Hold.Release();

        (await freeze).Changed.ShouldBeTrue();
        (await sweep).ShouldBe(0);

        // An operator's own removal is no prune.
        (await removal).ShouldBe(1);
        await busy;
        test.Alpha.ById.Keys.ShouldBe([first.Id]);
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_held_prune_of_a_frozen_fleet_cannot_be_allowed()
    {
        await using var test = await TestRegistry.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => test.JoinAsync()));
        await test.PassAsync(Stale);
        await test.Pruner.PruneAsync(Ct);
        var held = test.Alpha.Held!;

        await test.Registry.FreezeAsync("alpha", Acting.As("ops"));
        test.Alpha.Held.ShouldBeNull();
        await test.Registry.HoldAsync("alpha", held);
        test.Alpha.Held.ShouldBeNull();
        (await Should.ThrowAsync<RefusedException>(test.Pruner.AllowAsync("alpha", held.Number, Acting.As("ops"), Ct)))
            .Message.ShouldBe("fleet 'alpha' is frozen; thaw it first, with wg-fleet fleets thaw alpha");

        await test.Registry.ThawAsync("alpha", Acting.As("ops"));
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(0);
        test.Alpha.Held!.Ids.Length.ShouldBe(12);
        test.Alpha.Count.ShouldBe(12);
        test.Events.OfType<ClientRemoved>().ShouldBeEmpty();
    }
}
