using WgFleet.Store;
using WgFleet.Store.Engine;

namespace WgFleet.Tests.Store;

/// <summary>On both engines.</summary>
public abstract class RetentionStoreTests(TestEngine engine)
{
    private static readonly DateTimeOffset Later = DateTimeOffset.UnixEpoch + TimeSpan.FromDays(1);

    [Fact]
    public void A_hook_that_is_no_longer_configured_keeps_no_event()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        var hooks = new HookStore(database);
        hooks.Create("gone", 0, []);
        hooks.Create("runs", 0, []);
        Add(database, 10);
        hooks.Enqueue("gone", [Waiting(2)], 2);
        hooks.Enqueue("runs", [Waiting(3)], 9);
        var retention = new RetentionStore(database);

        retention.DeleteEvents(Later, ["runs"], 100).ShouldBe(8);
        retention.DeleteEvents(Later, ["runs"], 100).ShouldBe(0);

        Enumerable.Range(1, 10).Where(i => hooks.Event(i) is not null).ShouldBe([3, 10], "one has a delivery that waits, the other was not delivered yet");
    }

    [Fact]
    public void Events_that_must_stay_do_not_prevent_the_deletion_of_later_ones()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        var hooks = new HookStore(database);
        hooks.Create("runs", 0, []);
        Add(database, 20);
        hooks.Enqueue("runs", [.. Enumerable.Range(1, 10).Select(i => Waiting(i))], 20);
        var retention = new RetentionStore(database);

        // Three at a time: the first ten are looked at and stay.
        retention.DeleteEvents(Later, ["runs"], 3).ShouldBe(2);
        retention.DeleteEvents(Later, ["runs"], 3).ShouldBe(3);
        retention.DeleteEvents(Later, ["runs"], 100).ShouldBe(5);
        retention.DeleteEvents(Later, ["runs"], 100).ShouldBe(0);
    }

    [Fact]
    public async Task Forgetting_a_hook_deletes_all_it_has_left_and_nothing_of_other_hooks()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        var hooks = new HookStore(database);
        hooks.Create("gone", 0, [new EventRow { Id = "evt_own", Type = "client.added", Data = "{}" }]);
        hooks.Create("runs", 0, []);
        hooks.Enqueue("runs", [Waiting(1)], 1);

        hooks.Forget("gone").ShouldBe(1);

        (await new HookQueries(database).NamesAsync(TestContext.Current.CancellationToken)).ShouldBe(["runs"]);
        hooks.Waiting("gone").ShouldBeEmpty();
        hooks.Waiting("runs").Count.ShouldBe(1);
        hooks.Event(1).ShouldBeNull();
        hooks.Forget("gone").ShouldBeNull();
    }

    private static DeliveryRow Waiting(long sequence) => new() { Hook = "", Seq = sequence, State = DeliveryState.Pending };

    private static void Add(Database database, int count)
    {
        var batch = new StoreBatch();
        batch.Events.AddRange(Enumerable.Range(1, count).Select(i => new EventRow { Seq = i, Id = $"evt_{i}", Type = "startup", Time = DateTime.UnixEpoch, Data = "{}" }));
        new FleetStore(database).Commit(batch);
    }
}

public sealed class SqliteRetentionStoreTests() : RetentionStoreTests(TestEngine.Sqlite);

public sealed class PostgresRetentionStoreTests() : RetentionStoreTests(TestEngine.Postgres);
