using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Tests.Fleets;

public class PinTests
{
    private static readonly TimeSpan Stale = TimeSpan.FromMinutes(31);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pinned_client_is_never_pruned_and_an_unpinned_one_is_pruned_next_time()
    {
        await using var test = await TestRegistry.StartAsync();
        var (kept, other) = (await test.JoinAsync("alpha", "web"), await test.JoinAsync());
        var pinned = await test.Registry.PinAsync("alpha", kept.Id, Acting.As("ops"));
        pinned.Pinned.ShouldBe(new Pin(test.Time.GetUtcNow(), "ops"));
        await test.PassAsync(Stale * 10);

        (await test.Pruner.PruneAsync(Ct)).ShouldBe(1);
        test.Alpha.ById.Values.ShouldBe([test.Alpha.ByHostname["web"]]);
        test.Alpha.ById.ShouldNotContainKey(other.Id);
        test.ShouldAgree();

        (await test.Registry.UnpinAsync("alpha", kept.Id, Acting.As("ops"))).Pinned.ShouldBeNull();
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(1);
        test.Alpha.Count.ShouldBe(0);
        test.Log.Lines.Select(l => l.Message).ShouldContain($"Client pinned: fleet=alpha, ip={kept.Address}, hostname=web, by ops");
        test.Log.Lines.Select(l => l.Message).ShouldContain($"Client unpinned: fleet=alpha, ip={kept.Address}, hostname=web, by ops");
    }

    [Fact]
    public async Task Pinning_and_unpinning_survive_a_restart_and_a_rename()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await test.JoinAsync("alpha", "web");
        var pin = (await test.Registry.PinAsync("alpha", client.Id, Acting.As("ops"))).Pinned;
        await test.NameAsync(client, "db");

        await test.RestartAsync();
        test.Alpha.ByHostname["db"].Pinned.ShouldBe(pin);
        test.Alpha.ByAddress[client.Address].Pinned.ShouldBe(pin);
        test.Alpha.ByKey[client.PublicKey].Pinned.ShouldBe(pin);

        await test.Registry.UnpinAsync("alpha", client.Id, Acting.As("ops"));
        await test.RestartAsync();
        test.Alpha.ByHostname["db"].Pinned.ShouldBeNull();
        test.ShouldAgree();
    }

    [Fact]
    public async Task A_second_pin_or_unpin_changes_nothing()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await test.JoinAsync();
        var first = await test.Registry.PinAsync("alpha", client.Id, Acting.As("ops"));
        test.Time.Advance(TimeSpan.FromSeconds(9));
        var before = test.Batches;

        (await test.Registry.PinAsync("alpha", client.Id, Acting.As("others"))).Pinned.ShouldBe(first.Pinned);
        Some.Rows(test.Config.Database, "SELECT pinned_at, pinned_by FROM clients").ShouldBe(["2026-01-02 03:04:05.000000|ops"]);
        (await test.Registry.UnpinAsync("alpha", client.Id, Acting.As("ops"))).Pinned.ShouldBeNull();
        (await test.Registry.UnpinAsync("alpha", client.Id, Acting.As("ops"))).Pinned.ShouldBeNull();
        Some.Rows(test.Config.Database, "SELECT pinned_at, pinned_by FROM clients").ShouldBe(["NULL|NULL"]);
        test.Batches.ShouldBe(before + 1, "the first unpin");
        (await Should.ThrowAsync<RefusedException>(test.Registry.PinAsync("alpha", 99, Acting.As("ops")))).Kind.ShouldBe(Refusal.NotFound);
    }

    [Fact]
    public async Task Pinned_clients_do_not_count_for_prune_limit()
    {
        await using var test = await TestRegistry.StartAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => test.JoinAsync()));
        foreach (var client in clients[..12])
            await test.Registry.PinAsync("alpha", client.Id, Acting.As("ops"));
        await test.PassAsync(Stale);
        foreach (var client in clients[18..])
            test.Alpha.ById[client.Id].Liveness.Pinged(test.Time.GetUtcNow());

        // 6 of the 12 that can go: no more than half.
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(6);

        var late = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => test.JoinAsync()));
        await test.PassAsync(Stale);
        test.Alpha.ById[late[0].Id].Liveness.Pinged(test.Time.GetUtcNow());

        // 11 of the 12 that can go, which are fewer than half of all 24.
        (await test.Pruner.PruneAsync(Ct)).ShouldBe(0);
        test.Alpha.Held!.Ids.Length.ShouldBe(11);
        test.Log.Lines.Select(l => l.Message).ShouldContain(m => m.StartsWith("Holding the prune of fleet alpha: it would remove 11 of its 12 clients"));
    }

    [Fact]
    public async Task A_pin_during_a_prune_protects_a_client_whose_turn_has_not_come()
    {
        await using var test = await TestRegistry.StartAsync();
        var (first, second) = (await test.JoinAsync(), await test.JoinAsync());
        await test.PassAsync(Stale);
        test.Hold = new FakeWireGuard.Barrier();
        var busy = test.JoinAsync("beta");
        await test.Hold.Reached;

        var pin = test.Registry.PinAsync("alpha", first.Id, Acting.As("ops"));
        var sweep = test.Registry.PruneAsync("alpha", [first.Id, second.Id]);
        test.Hold.Release();

        (await pin).Pinned.ShouldNotBeNull();
        (await sweep).ShouldBe(1);
        await busy;
        test.Alpha.ById.Keys.ShouldBe([first.Id]);
        test.Events.OfType<ClientRemoved>().Single().Client.Address.ShouldBe(second.Address);
    }

    [Fact]
    public async Task A_pin_that_could_not_be_stored_has_no_effect()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await test.JoinAsync();
        Some.Execute(test.Config.Database, "CREATE TRIGGER refuse BEFORE UPDATE OF pinned_at ON clients BEGIN SELECT RAISE(FAIL, 'disk full'); END");

        await Should.ThrowAsync<Exception>(test.Registry.PinAsync("alpha", client.Id, Acting.As("ops")));

        test.Alpha.ById[client.Id].Pinned.ShouldBeNull();
        Some.Execute(test.Config.Database, "DROP TRIGGER refuse");
        (await test.Registry.PinAsync("alpha", client.Id, Acting.As("ops"))).Pinned.ShouldNotBeNull();
    }
}
