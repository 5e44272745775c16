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

        retention.DeleteEvents(Later, Later, ["runs"], 100).ShouldBe(8);
        retention.DeleteEvents(Later, Later, ["runs"], 100).ShouldBe(0);

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
        retention.DeleteEvents(Later, Later, ["runs"], 3).ShouldBe(2);
        retention.DeleteEvents(Later, Later, ["runs"], 3).ShouldBe(3);
        retention.DeleteEvents(Later, Later, ["runs"], 100).ShouldBe(5);
        retention.DeleteEvents(Later, Later, ["runs"], 100).ShouldBe(0);
    }

    [Fact]
    public void Events_from_a_time_when_the_clock_was_ahead_do_not_keep_old_ones()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        Add(database, 20);
        var now = Later + TimeSpan.FromDays(90);
        SetTime("seq IN (1, 20) OR seq BETWEEN 5 AND 12", now + TimeSpan.FromDays(3650));
        SetTime("seq BETWEEN 17 AND 19", now - TimeSpan.FromMinutes(1));
        var retention = new RetentionStore(database);

        // Three at a time: a portion has nothing but events of the future.
        var deleted = new List<int>();
        while (retention.DeleteEvents(Later, now, [], 3) is > 0 and var count)
            deleted.Add(count);

        deleted.Sum().ShouldBe(16);
        deleted.ShouldAllBe(count => count <= 3);
        database.Read(c => EventTable.Latest(c, 100)).Select(e => e.Seq).ShouldBe([17, 18, 19, 20]);

        void SetTime(string which, DateTimeOffset time) =>
            database.Write(c => c.Execute($"UPDATE events SET time = $1 WHERE {which}", time));
    }

    [Fact]
    public void Events_of_the_future_right_before_new_ones_are_kept_as_long_as_those()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        Add(database, 10);
        var now = Later + TimeSpan.FromDays(90);
        database.Write(c =>
        {
            c.Execute("UPDATE events SET time = $1 WHERE seq BETWEEN 6 AND 8", new DateTimeOffset(2199, 1, 1, 0, 0, 0, TimeSpan.Zero));
            c.Execute("UPDATE events SET time = $1 WHERE seq > 8", Later);
        });

        new RetentionStore(database).DeleteEvents(Later, now, [], 100).ShouldBe(5);
        new RetentionStore(database).DeleteEvents(Later, now, [], 100).ShouldBe(0);
        new RetentionStore(database).DeleteEvents(now, now, [], 100).ShouldBe(5);
    }

    [Fact]
    public void Tombstones_and_deliveries_that_ended_in_the_future_are_kept_as_long_as_others()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        var hooks = new HookStore(database);
        hooks.Create("runs", 0, []);
        Add(database, 2);
        hooks.Enqueue("runs", [Waiting(1), Waiting(2)], 2);
        database.Write(c =>
        {
            c.Execute("UPDATE deliveries SET state = 'done', ended_at = 9999999999999");
            c.Execute(
                """
                INSERT INTO removed_clients (seq, client_id, fleet, public_key, address, request_address, registered_at, removed_at, cause, last_ping)
                VALUES (5, 1, 'alpha', 'K', 'fd00:a::2', '', $1, $2, 'stale', $1)
                """,
                DateTimeOffset.UnixEpoch,
                Later.AddYears(100));
        });
        var retention = new RetentionStore(database);

        retention.Clamp(Later, 100).ShouldBe(3);
        retention.Clamp(Later, 100).ShouldBe(0);

        retention.DeleteEnded(Later, 100).Count.ShouldBe(0);
        retention.DeleteTombstones(Later, 100).ShouldBe(0);
        retention.DeleteEnded(Later.AddSeconds(1), 100).Count.ShouldBe(2);
        retention.DeleteTombstones(Later.AddSeconds(1), 100).ShouldBe(1);
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

        database.Write(c => HookStore.Forget(c, "gone")).ShouldBe(1);

        (await new HookQueries(database).NamesAsync(TestContext.Current.CancellationToken)).ShouldBe(["runs"]);
        hooks.Waiting("gone").ShouldBeEmpty();
        hooks.Waiting("runs").Count.ShouldBe(1);
        hooks.Event(1).ShouldBeNull();
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
