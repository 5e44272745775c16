using Microsoft.Extensions.Logging;
using WgFleet.Events;
using WgFleet.Hooks;
using WgFleet.Hooks.Deliveries;
using WgFleet.Store;
using WgFleet.Tests.Events;

namespace WgFleet.Tests.Hooks.Deliveries;

public abstract class DeliveryWorkerTests(TestEngine engine)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Each_clients_events_arrive_in_order_under_random_failures_at_concurrency_eight(int seed)
    {
        var random = new Random(seed);
        var delivery = new ScriptedDelivery(async (_, _) =>
        {
            await Task.Yield();
            lock (random)
                return random.Next(3) == 0 ? ScriptedDelivery.Failed : ScriptedDelivery.Delivered;
        });
        await using var stage = new DeliveryStage(delivery, concurrency: 8, engine: engine);
        for (var id = 1; id <= 20; id++)
            stage.Tell(stage.World.Add());
        for (var round = 0; round < 10; round++)
            stage.Tell(Enumerable.Range(1, 20).Select(id => stage.World.Rename($"n{round}-{id}", id)));

        await stage.UntilDoneAsync();

        var arrived = delivery.Arrived.ToList();
        arrived.Count.ShouldBe(220);
        foreach (var client in arrived.GroupBy(a => a.Subject))
            client.Select(a => a.Sequence).ShouldBeInOrder();
        delivery.Most.ShouldBeInRange(2, 8);
    }

    [Fact]
    public async Task A_client_whose_delivery_keeps_failing_delays_no_other_client()
    {
        var delivery = new ScriptedDelivery(a => a.Event.Client!.Address.ToString() == "fd00:1::1" ? ScriptedDelivery.Failed : ScriptedDelivery.Delivered);
        await using var stage = new DeliveryStage(delivery, engine: engine);

        stage.Tell(Enumerable.Range(0, 200).Select(_ => stage.World.Add()));

        await Eventually.True(() => delivery.Arrived.Count == 199);
        await Eventually.True(() => stage.Worker.Waiting == 1);
    }

    [Fact]
    public async Task The_next_process_delivers_what_the_last_one_did_not_and_nothing_twice()
    {
        var holds = true;
        var delivery = new ScriptedDelivery(async (attempt, ct) =>
        {
            if (Volatile.Read(ref holds) && attempt.Event.Sequence > 50)
                await Task.Delay(Timeout.Infinite, ct);
            return ScriptedDelivery.Delivered;
        });
        await using var stage = new DeliveryStage(delivery, concurrency: 4, engine: engine);
        stage.Tell(Enumerable.Range(0, 100).Select(_ => stage.World.Add()));
        await Eventually.True(() => delivery.Arrived.Count == 50);

        Volatile.Write(ref holds, false);
        await stage.RestartAsync();
        await stage.UntilDoneAsync();

        delivery.Arrived.Select(a => a.Sequence).Order().ShouldBe(Enumerable.Range(1, 100).Select(i => (long)i));
    }

    [Fact]
    public async Task Events_that_are_no_longer_in_memory_are_read_from_the_database()
    {
        var open = new TaskCompletionSource();
        var delivery = new ScriptedDelivery(async (_, ct) =>
        {
            await open.Task.WaitAsync(ct);
            return ScriptedDelivery.Delivered;
        });
        await using var stage = new DeliveryStage(delivery, concurrency: 8, engine: engine);
        for (var i = 0; i < 10; i++)
            stage.Tell(Enumerable.Range(0, 500).Select(_ => stage.World.Add()).ToList());

        open.SetResult();
        await stage.UntilDoneAsync();

        delivery.Arrived.Select(a => a.Sequence).Distinct().Count().ShouldBe(5000);
    }

    [Fact]
    public async Task A_delivery_that_is_given_up_is_a_dead_letter_and_the_clients_next_delivery_follows()
    {
        var delivery = new ScriptedDelivery(a => a.Event.Sequence == 1 ? ScriptedDelivery.Failed : ScriptedDelivery.Delivered, attempts: 3);
        await using var stage = new DeliveryStage(delivery, engine: engine);
        stage.Tell(stage.World.Add(), stage.World.Rename("a1"));

        await stage.UntilDoneAsync();

        delivery.Arrived.Select(a => a.Sequence).ShouldBe([2]);
        delivery.Attempts.Select(a => (a.Sequence, a.Number)).ShouldBe([(1, 1), (1, 2), (1, 3), (2, 1)]);
        stage.Log.At(LogLevel.Error).ShouldBe(["Hook tell gave up event 1 after 3 attempts; it is a dead letter now: answered 500"]);
    }

    [Fact]
    public async Task Every_attempt_carries_the_same_bytes()
    {
        var delivery = new ScriptedDelivery(a => a.Number < 4 ? ScriptedDelivery.Failed : ScriptedDelivery.Delivered);
        await using var stage = new DeliveryStage(delivery, engine: engine);
        stage.Tell(stage.World.Add());

        await stage.UntilDoneAsync();

        delivery.Attempts.Count.ShouldBe(4);
        delivery.Attempts.Select(a => a.Envelope).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_receiver_that_is_down_is_tried_by_one_delivery_at_a_time_and_the_others_keep_their_attempts()
    {
        var time = new ManualTime();
        var down = true;
        var delivery = new ScriptedDelivery(_ => Volatile.Read(ref down) ? ScriptedDelivery.Failed : ScriptedDelivery.Delivered);
        await using var stage = new DeliveryStage(delivery, concurrency: 4, time, engine: engine);
        stage.Tell(Enumerable.Range(0, 100).Select(_ => stage.World.Add()));

        // Five to eight find it down; then a probe after five seconds, ten, twenty, and so on.
        await Eventually.True(() => delivery.Attempts.Count >= 5);
        for (var i = 0; i < 60; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        delivery.Attempts.Count.ShouldBeLessThan(20);
        Volatile.Write(ref down, false);
        await Eventually.True(() => stage.Worker.Waiting == 0, () => time.Advance(TimeSpan.FromSeconds(1)));
        delivery.Arrived.Count.ShouldBe(100);
    }

    [Fact]
    public async Task A_response_410_pauses_the_hook_and_it_stays_paused_after_a_restart()
    {
        var gone = true;
        var delivery = new ScriptedDelivery(_ => Volatile.Read(ref gone) ? new DeliveryOutcome(DeliveryVerdict.Gone) { Code = "410" } : ScriptedDelivery.Delivered);
        await using var stage = new DeliveryStage(delivery, engine: engine);
        stage.Tell(stage.World.Add(), stage.World.Add());
        await Eventually.True(() => stage.Worker.Paused is not null);

        await stage.RestartAsync();
        stage.Tell(stage.World.Add());
        await Eventually.True(() => stage.Worker.Waiting == 3);
        delivery.Attempts.Count.ShouldBe(1);

        Volatile.Write(ref gone, false);
        stage.Worker.Pause(null);
        await stage.UntilDoneAsync();
        delivery.Arrived.Select(a => a.Sequence).ShouldBe([1, 2, 3], ignoreOrder: true);
    }

    [Fact]
    public async Task The_row_of_a_delivery_has_its_result()
    {
        var delivery = new ScriptedDelivery(_ => new DeliveryOutcome(DeliveryVerdict.Rejected) { Code = "exit 78", Error = "no config", Response = "last words" }, attempts: 5);
        await using var stage = new DeliveryStage(delivery, engine: engine);
        stage.Tell(stage.World.Add());

        await stage.UntilDoneAsync();

        var row = (await stage.Queries.DeliveriesAsync([DeliveryStage.Hook], [DeliveryState.Dead], 10, Stage.Ct)).ShouldHaveSingleItem().Row;
        (row.Seq, row.Attempt, row.Code, row.Error, row.Response).ShouldBe((1, 1, "exit 78", "no config", "last words"));
    }

    [Fact]
    public async Task A_delivery_due_in_sixty_days_is_attempted_now_because_the_clock_was_set_back()
    {
        var delivery = new ScriptedDelivery(_ => ScriptedDelivery.Delivered);
        await using var stage = new DeliveryStage(delivery, engine: engine);
        stage.Worker.Pause("a test");
        stage.Tell(stage.World.Add());
        await Eventually.True(() => stage.Store.Waiting(DeliveryStage.Hook).Count == 1);
        stage.Store.Record(new DeliveryRow
        {
            Hook = DeliveryStage.Hook, Seq = 1, State = DeliveryState.Pending, Attempt = 1, NextAt = DateTimeOffset.UtcNow.AddDays(60).ToUnixTimeMilliseconds(),
        });

        await stage.RestartAsync();
        stage.Worker.Pause(null);
        await stage.UntilDoneAsync();

        delivery.Attempts.Select(a => (a.Sequence, a.Number)).ShouldBe([(1, 2)]);
    }

    [Fact]
    public async Task An_event_that_is_delivered_at_once_gets_its_row_together_with_the_cursor()
    {
        var open = new TaskCompletionSource();
        var delivery = new ScriptedDelivery(async (_, ct) =>
        {
            await open.Task.WaitAsync(ct);
            return ScriptedDelivery.Delivered;
        });
        await using var stage = new DeliveryStage(delivery, engine: engine);
        stage.Tell(stage.World.Add());
        await Eventually.True(() => delivery.Attempts.Count == 1);
        stage.Store.Waiting(DeliveryStage.Hook).ShouldBeEmpty();
        stage.Store.Find(DeliveryStage.Hook)!.Cursor.ShouldBe(0);

        open.SetResult();
        await stage.UntilDoneAsync();

        var row = (await stage.Queries.DeliveriesAsync([DeliveryStage.Hook], [DeliveryState.Done], 9, Stage.Ct)).ShouldHaveSingleItem().Row;
        (row.Seq, row.Attempt, row.Subject).ShouldBe((1, 1, "fleets/alpha/clients/fd00:1::1"));
        stage.Store.Find(DeliveryStage.Hook)!.Cursor.ShouldBe(1);
    }

    [Fact]
    public async Task A_delivery_that_waits_for_days_is_attempted_when_it_is_due()
    {
        var time = new ManualTime();
        var delivery = new ScriptedDelivery(a => a.Number == 1 ? ScriptedDelivery.Failed with { RetryAfter = TimeSpan.FromHours(30) } : ScriptedDelivery.Delivered);
        await using var stage = new DeliveryStage(delivery, time: time, engine: engine);
        stage.Tell(stage.World.Add());
        await Eventually.True(() => delivery.Attempts.Count == 1 && time.UntilNextTimer is not null);

        time.Advance(TimeSpan.FromHours(24));
        await Eventually.True(() => time.UntilNextTimer == TimeSpan.FromHours(6));
        delivery.Attempts.Count.ShouldBe(1);

        time.Advance(TimeSpan.FromHours(6));
        await Eventually.True(() => delivery.Arrived.Count == 1);
    }

    [Fact]
    public async Task Events_that_this_version_cannot_read_are_skipped_and_each_type_is_logged_once()
    {
        var delivery = new ScriptedDelivery(_ => ScriptedDelivery.Delivered);
        await using var stage = new DeliveryStage(delivery, engine: engine);
        new FleetStore(stage.Database).Commit(UnknownEventTests.Batch(
            UnknownEventTests.Row(1, "client.teleported", "{}"),
            UnknownEventTests.Row(2, "client.teleported", "{}"),
            UnknownEventTests.Row(3, "client.removed", engine == TestEngine.Sqlite ? "{broken" : "{}"),
            EventJson.ToRow(new ClientAdded(stage.World.AddQuietly("alpha", null).ToClient("example.test")) { Stamp = new("evt_4", 4, DateTimeOffset.UnixEpoch) })));

        await stage.RestartAsync();
        await stage.UntilDoneAsync();

        delivery.Arrived.Select(a => a.Sequence).ShouldBe([4]);
        stage.Log.At(LogLevel.Warning).Count(l => l.Contains("is unknown", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task A_pending_unknown_event_becomes_a_dead_letter_and_the_next_delivery_follows()
    {
        var delivery = new ScriptedDelivery(_ => ScriptedDelivery.Delivered);
        await using var stage = new DeliveryStage(delivery, engine: engine);
        new FleetStore(stage.Database).Commit(UnknownEventTests.Batch(UnknownEventTests.Row(1, "client.teleported", "{}")));
        stage.Store.Enqueue(DeliveryStage.Hook, [new DeliveryRow { Hook = DeliveryStage.Hook, Seq = 1, State = DeliveryState.Pending }], 1);

        await stage.RestartAsync();
        await Eventually.True(() => stage.Worker.DeadLetters == 1);

        (await stage.Queries.DeliveriesAsync([DeliveryStage.Hook], [DeliveryState.Dead], 9, Stage.Ct)).Single().Row.Error.ShouldBe("the event is unknown: this version does not know its type");
        stage.World.ContinueAfter(1);
        stage.Tell(stage.World.Add());
        await Eventually.True(() => delivery.Arrived.Count == 1);
    }

    [Fact]
    public async Task Deliveries_that_retention_deleted_are_dropped_and_those_under_way_end_without_a_dead_letter()
    {
        var open = new TaskCompletionSource();
        var delivery = new ScriptedDelivery(
            async (attempt, ct) =>
            {
                await open.Task.WaitAsync(ct);
                return attempt.Event.Sequence == 1 ? ScriptedDelivery.Failed : ScriptedDelivery.Delivered;
            },
            attempts: 1);
        await using var stage = new DeliveryStage(delivery, engine: engine);
        stage.Tell(stage.World.Add(), stage.World.Rename("a1"), stage.World.Add(), stage.World.Rename("a2"));
        await Eventually.True(() => stage.Worker.Waiting == 4 && delivery.Attempts.Count == 1);

        var gone = new RetentionStore(stage.Database).DeleteOldestEvents([DeliveryStage.Hook], 3);
        stage.Worker.Forget(gone.UpTo);

        gone.UpTo.ShouldBe(3);
        stage.Worker.Waiting.ShouldBe(2);
        open.SetResult();
        await stage.UntilDoneAsync();
        delivery.Arrived.Select(a => a.Sequence).ShouldBe([4]);
        stage.Worker.DeadLetters.ShouldBe(0);
    }
}

public sealed class SqliteDeliveryWorkerTests() : DeliveryWorkerTests(TestEngine.Sqlite);

public sealed class PostgresDeliveryWorkerTests() : DeliveryWorkerTests(TestEngine.Postgres);
