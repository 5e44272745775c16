using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Tests.Fleets;

/// <summary>What operators do to many clients is one transaction: all of it, or nothing.</summary>
public abstract class ManyClientsTests(TestEngine engine)
{
    [Fact]
    public async Task Clients_can_get_each_others_names_in_one_step()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        var clients = new[] { await test.JoinAsync("alpha", "a"), await test.JoinAsync("alpha", "b"), await test.JoinAsync("alpha", "c"), await test.JoinAsync() };
        var before = (Batches: test.Batches, Events: test.Events.Count);

        var renamed = await test.Registry.RenameManyAsync("alpha", [(clients[0].Id, "b"), (clients[1].Id, "c"), (clients[2].Id, "a"), (clients[3].Id, "d"), (99, "x")], Acting.As("ops"));

        renamed.ShouldBe(clients.Select(c => c.Id), ignoreOrder: true);
        (test.Batches - before.Batches).ShouldBe(1);
        test.Events.Skip(before.Events).Cast<ClientHostnameChanged>().Select(e => (e.Previous, e.Client.Hostname, e.Operator!.Name))
            .ShouldBe([("a", "b", "ops"), ("b", "c", "ops"), ("c", "a", "ops"), (null, "d", "ops")]);
        test.ShouldAgree();
        await test.RestartAsync();
        test.ShouldAgree();
        clients.Select(c => test.Alpha.ById[c.Id].Hostname).ShouldBe(["b", "c", "a", "d"]);
    }

    [Fact]
    public async Task A_name_that_another_client_has_refuses_all_of_them()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        var clients = new[] { await test.JoinAsync("alpha", "a"), await test.JoinAsync("alpha", "b"), await test.JoinAsync("alpha", "c") };

        (await Should.ThrowAsync<RefusedException>(test.Registry.RenameManyAsync("alpha", [(clients[0].Id, "x"), (clients[1].Id, "c")], Acting.As("ops"))))
            .Message.ShouldBe($"another client of alpha is called 'c' ({clients[2].Address}); no client was renamed");

        clients.Select(c => test.Alpha.ById[c.Id].Hostname).ShouldBe(["a", "b", "c"]);
        test.ShouldAgree();
    }

    [Fact]
    public async Task Tags_are_set_and_unset_told_to_hooks_and_kept()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        var clients = new[] { await test.JoinAsync("alpha", "a"), await test.JoinAsync("alpha", "b") };
        await test.Registry.TagAsync("alpha", [clients[0].Id], new Dictionary<string, string> { ["room"] = "e13", ["year"] = "2026" }, [], Acting.As("ops"));
        var before = test.Events.Count;

        (await test.Registry.TagAsync("alpha", [.. clients.Select(c => c.Id), 99], new Dictionary<string, string> { ["room"] = "e14" }, ["year"], Acting.As("kim"))).Count.ShouldBe(2);
        (await test.Registry.TagAsync("alpha", [clients[0].Id], new Dictionary<string, string> { ["room"] = "e14" }, ["desk"], Acting.As("kim"))).ShouldBeEmpty();

        var told = test.Events.Skip(before).Cast<ClientTagsChanged>().ToList();
        told.Select(e => (Tags.Write(e.Previous), Tags.Write(e.Client.Tags), e.Operator)).ShouldBe([("room=e13,year=2026", "room=e14", Acting.As("kim")), (null, "room=e14", Acting.As("kim"))]);
        await test.RestartAsync();
        clients.Select(c => Tags.Write(test.Alpha.ById[c.Id].Tags)).ShouldBe(["room=e14", "room=e14"]);
    }

    [Fact]
    public async Task A_client_has_at_most_sixteen_tags_and_one_too_many_refuses_all()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        var (full, other) = (await test.JoinAsync("alpha", "full"), await test.JoinAsync("alpha", "other"));
        await test.Registry.TagAsync("alpha", [full.Id], Enumerable.Range(0, Tags.Max).ToDictionary(i => $"t{i}", i => "x"), [], Acting.As("ops"));

        (await Should.ThrowAsync<RefusedException>(test.Registry.TagAsync("alpha", [other.Id, full.Id], new Dictionary<string, string> { ["more"] = "x" }, [], Acting.As("ops"))))
            .Message.ShouldBe("full would have more than 16 tags; nothing was changed");

        test.Alpha.ById[other.Id].Tags.ShouldBeEmpty();
    }

    [Fact]
    public async Task Removed_and_pinned_are_those_that_are_there_and_change()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        var clients = new[] { await test.JoinAsync(), await test.JoinAsync(), await test.JoinAsync() };
        await test.Registry.PinAsync("alpha", clients[0].Id, Acting.As("kim"));

        (await test.Registry.PinManyAsync("alpha", [clients[0].Id, clients[1].Id, 99], pins: true, Acting.As("ops"))).ShouldBe([clients[1].Id]);
        (await test.Registry.PinManyAsync("alpha", [clients[2].Id], pins: false, Acting.As("ops"))).ShouldBeEmpty();
        test.Alpha.ById[clients[0].Id].Pinned!.By.ShouldBe("kim");
        var batches = test.Batches;
        (await test.Registry.RemoveManyAsync("alpha", [clients[0].Id, 99, clients[2].Id], Acting.As("ops"))).ShouldBe([clients[0].Id, clients[2].Id], ignoreOrder: true);

        (test.Batches - batches).ShouldBe(1);
        test.Alpha.ById.Keys.ShouldBe([clients[1].Id]);
        test.Tombstones.Select(t => t.RemovedBy).ShouldBe(["ops", "ops"]);
        test.ShouldAgree();
    }
}

public sealed class SqliteManyClientsTests() : ManyClientsTests(TestEngine.Sqlite);

public sealed class PostgresManyClientsTests() : ManyClientsTests(TestEngine.Postgres);
