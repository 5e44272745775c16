using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Hooks.Admin;
using WgFleet.Hooks;
using WgFleet.Hooks.Discovery;
using WgFleet.Hosting;
using WgFleet.Linux;
using WgFleet.Store;
using WgFleet.Store.Engine;

namespace WgFleet.Tests.Hooks.Admin;

/// <summary>What is deleted of the past, over a real database and a clock that stands still.</summary>
public abstract class RetentionTests : IDisposable
{
    private readonly TestDatabase _stored;
    private readonly CollectedLog _log = new();
    private readonly ManualTime _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly Database _database;
    private readonly HookStore _hooks;

    protected RetentionTests(TestEngine engine)
    {
        _stored = new TestDatabase(engine);
        _database = _stored.Open(_log.CreateLogger("store"));
        _hooks = new HookStore(_database);
        _hooks.Create("first", 0, []);
        _hooks.Create("second", 0, []);
        _hooks.Create("of_yesterday", 0, []);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _database.Dispose();
        _stored.Dispose();
        _services.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task Old_events_that_all_active_hooks_have_had_are_deleted()
    {
        Add(3);
        _time.Advance(TimeSpan.FromDays(6));
        Add(2);
        _hooks.Advance(["first", "second"], 5);
        _time.Advance(TimeSpan.FromDays(2));

        await DeleteOldAsync(new RetainConfig());

        Events().ShouldBe([4, 5]);
        _log.At(LogLevel.Information).ShouldContain("Retention: deleted 3 events and 0 deliveries");
    }

    [Fact]
    public async Task An_old_event_that_a_hook_has_not_had_is_kept()
    {
        Add(3);
        _hooks.Advance(["first"], 3);
        _hooks.Advance(["second"], 1);
        _time.Advance(TimeSpan.FromDays(30));

        await DeleteOldAsync(new RetainConfig());

        Events().ShouldBe([2, 3]);
    }

    [Fact]
    public async Task The_event_of_a_pending_delivery_or_a_dead_letter_is_kept()
    {
        Add(4);
        _hooks.Enqueue("first", [Delivery(1), Delivery(2), Delivery(3)], 4);
        _hooks.Advance(["second"], 4);
        _time.Advance(TimeSpan.FromDays(8));
        End(2, DeliveryState.Dead);
        End(3, DeliveryState.Done);

        await DeleteOldAsync(new RetainConfig());

        Events().ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_hook_that_is_no_longer_configured_keeps_no_event_even_with_pending_deliveries()
    {
        Add(3);
        _hooks.Enqueue("of_yesterday", [Delivery(1), Delivery(2)], 2);
        _hooks.Record(new DeliveryRow { Hook = "of_yesterday", Seq = 2, State = DeliveryState.Dead, EndedAt = _time.GetUtcNow().ToUnixTimeMilliseconds() });
        _hooks.Advance(["first", "second"], 3);
        _time.Advance(TimeSpan.FromDays(31));

        await DeleteOldAsync(new RetainConfig());

        Events().ShouldBeEmpty();
        (await EndedAsync("of_yesterday", DeliveryState.Dead)).ShouldBeEmpty();
        _hooks.Waiting("of_yesterday").Select(d => d.Seq).ShouldBe([1]);
    }

    [Fact]
    public async Task Old_ended_deliveries_are_deleted_and_pending_ones_are_kept()
    {
        Add(4);
        _hooks.Enqueue("first", [Delivery(1), Delivery(2), Delivery(3), Delivery(4)], 4);
        End(1, DeliveryState.Done);
        End(2, DeliveryState.Dead);
        _time.Advance(TimeSpan.FromDays(31));
        End(3, DeliveryState.Done);

        await DeleteOldAsync(new RetainConfig());

        _hooks.Waiting("first").Select(d => d.Seq).ShouldBe([4]);
        (await EndedAsync("first", DeliveryState.Done)).ShouldBe([3]);
        (await EndedAsync("first", DeliveryState.Dead)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Above_max_rows_the_oldest_events_are_deleted_with_their_pending_deliveries_and_a_warning()
    {
        Add(10);
        _hooks.Enqueue("first", [Delivery(2), Delivery(3), Delivery(9)], 10);
        _hooks.Advance(["second"], 4);

        await DeleteOldAsync(new RetainConfig { MaxRows = 4 });

        Events().ShouldBe([7, 8, 9, 10]);
        _hooks.Waiting("first").Select(d => d.Seq).ShouldBe([9]);
        _log.At(LogLevel.Warning).ShouldBe([
            "Deleted 2 pending deliveries, and 2 events that a hook had not had yet, because there were more than 4 events (hooks.retain.max_rows)"]);
    }

    [Fact]
    public async Task Tombstones_are_deleted_after_tombstone_keep()
    {
        Bury(1);
        _time.Advance(TimeSpan.FromDays(6));
        Bury(2);
        await DeleteOldAsync(new RetainConfig());
        _database.Read(c => TombstoneTable.Page(c, null, long.MaxValue, 9)).Select(r => r.Sequence).ShouldBe([2, 1]);

        _time.Advance(TimeSpan.FromDays(2));
        await DeleteOldAsync(new RetainConfig());

        _database.Read(c => TombstoneTable.Page(c, null, long.MaxValue, 9)).Select(r => r.Sequence).ShouldBe([2]);

        void Bury(long seq)
        {
            var now = _time.GetUtcNow();
            var batch = new StoreBatch();
            batch.Tombstones.Add(new Tombstone { Sequence = seq, Id = seq, Fleet = "alpha", RequestAddress = "::1", RegisteredAt = now, RemovedAt = now, LastPing = now, Cause = "stale" });
            new FleetStore(_database).Commit(batch);
        }
    }

    [Theory]
    [InlineData(31, 1_000_000)]
    [InlineData(0, 4)]
    public async Task A_hook_no_longer_counts_the_dead_letters_that_were_deleted(int days, int maxRows)
    {
        Add(6);
        _hooks.Enqueue("first", [.. Enumerable.Range(1, 6).Select(i => Delivery(i))], 6);
        End(1, DeliveryState.Dead);
        End(2, DeliveryState.Dead);
        var set = Set(new RetainConfig { MaxRows = maxRows });
        set.Enter(new World().Snapshot);
        set.Find("first")!.DeadLetters.ShouldBe(2);
        _time.Advance(TimeSpan.FromDays(days));

        await PassAsync(Make(set, new RetainConfig { MaxRows = maxRows }).DeleteOldAsync(Ct));

        set.Find("first")!.DeadLetters.ShouldBe(0);
        (await EndedAsync("first", DeliveryState.Dead)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Above_max_rows_the_oldest_ended_deliveries_are_deleted()
    {
        Add(4);
        _hooks.Enqueue("first", [Delivery(1), Delivery(2), Delivery(3), Delivery(4)], 4);
        _hooks.Enqueue("second", [Delivery(1), Delivery(2)], 4);
        End(2, DeliveryState.Done);
        End(3, DeliveryState.Done);
        End(4, DeliveryState.Dead);

        await DeleteOldAsync(new RetainConfig { MaxRows = 4 });

        (await EndedAsync("first", DeliveryState.Done)).ShouldBeEmpty();
        (await EndedAsync("first", DeliveryState.Dead)).ShouldBe([4]);
        _hooks.Waiting("first").Count.ShouldBe(1);
        _log.At(LogLevel.Warning).ShouldBeEmpty();
    }

    [Fact]
    public async Task Many_rows_are_deleted_in_several_transactions_with_pauses()
    {
        Add(Retention.Portion + 500);
        _hooks.Advance(["first", "second"], Retention.Portion + 500);
        _time.Advance(TimeSpan.FromDays(8));
        var retention = Make(new RetainConfig());

        var run = retention.DeleteOldAsync(Ct);
        await _time.SomebodyWaitsAsync(Retention.Pause).WaitAsync(Ct);

        Events().Count.ShouldBe(500);
        await PassAsync(run);
        Events().ShouldBeEmpty();
    }

    [Fact]
    public async Task Retention_runs_every_ten_minutes()
    {
        Add(2);
        _hooks.Advance(["first", "second"], 2);
        _time.Advance(TimeSpan.FromDays(8));
        await using var supervisor = new Supervisor(_time, new Logger<Supervisor>(_log));
        supervisor.Every("retention", Retention.Interval, Make(new RetainConfig()).DeleteOldAsync);
        await _time.SomebodyWaitsAsync(Retention.Interval).WaitAsync(Ct);
        Events().Count.ShouldBe(2);

        _time.Advance(Retention.Interval);

        await Eventually.True(() => Events().Count == 0);
    }

    [Fact]
    public void The_number_of_a_deleted_last_event_is_not_reused()
    {
        Add(3);

        new RetentionStore(_database).DeleteOldestEvents([], 3).ShouldBe((3, 0, 0, 3));

        _hooks.LastSequence().ShouldBe(3);
    }

    private async Task DeleteOldAsync(RetainConfig keep)
    {
        await PassAsync(Make(keep).DeleteOldAsync(Ct));
    }

    private async Task<IEnumerable<long>> EndedAsync(string hook, DeliveryState state) =>
        (await new HookQueries(_database).DeliveriesAsync([hook], [state], 9, Ct)).Select(d => d.Row.Seq);

    private async Task PassAsync(Task run)
    {
        await Eventually.True(() => run.IsCompleted, () => _time.Advance(Retention.Pause));
        await run;
    }

    private Retention Make(RetainConfig keep) => Make(Set(keep), keep);

    private Retention Make(HookSet set, RetainConfig keep) =>
        new(new RetentionStore(_database), set, World.Config() with { Hooks = new HooksConfig { Retain = keep, Folders = [] } }, _time, new Logger<Retention>(_log));

    private HookSet Set(RetainConfig keep) =>
        TestHooks.Load([typeof(First), typeof(Second)], new HooksConfig { Retain = keep, Folders = [] }, _services, _time, _log, _hooks);

    private void Add(int count)
    {
        var batch = new StoreBatch();
        var last = _hooks.LastSequence();
        batch.Events.AddRange(Enumerable.Range(1, count).Select(i => new EventRow
        {
            Seq = last + i,
            Id = $"evt_{last + i}",
            Type = "client.added",
            Time = _time.GetUtcNow().UtcDateTime,
            Data = "{}",
        }));
        new FleetStore(_database).Commit(batch);
    }

    private List<long> Events() => _database.Read(c => c.Query("SELECT seq FROM events ORDER BY seq", row => row[0].Number));

    private void End(long sequence, DeliveryState state) => _hooks.Record(
        new DeliveryRow { Hook = "first", Seq = sequence, State = state, EndedAt = _time.GetUtcNow().ToUnixTimeMilliseconds() });

    private static DeliveryRow Delivery(long sequence) => new() { Hook = "", Seq = sequence, State = DeliveryState.Pending };

    [Hook("first")]
    internal sealed class First : IHook<ClientAdded>
    {
        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken) => default;
    }

    [Hook("second")]
    internal sealed class Second : IHook<ClientAdded>
    {
        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken) => default;
    }
}

public sealed class SqliteRetentionTests() : RetentionTests(TestEngine.Sqlite);

public sealed class PostgresRetentionTests() : RetentionTests(TestEngine.Postgres);
