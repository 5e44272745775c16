using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Discovery;
using WgFleet.Hooks.Handlers;
using WgFleet.Hooks.Projections;
using WgFleet.Metrics;
using WgFleet.Store;

namespace WgFleet.Tests.Hooks;

/// <summary>What hooks may not cost. Times are measured by bench/run.</summary>
[Collection(nameof(WholeProcess))]
public class HookCostTests
{
    private const int Events = 10_000;

    [Fact]
    public async Task Calling_a_handler_that_ends_without_awaiting_allocates_nothing()
    {
        using var collector = new MetricsCollector();
        var world = new World();
        var told = (ClientAdded)world.Add().Events[0];
        var latest = new LatestState();
        latest.Set(world.Snapshot);
        var first = new Allocation();
        var lane = new HandlerWorker([Place("first", first), Place("second", new Allocation())], latest, TimeProvider.System, NullLogger<HandlerWorker>.Instance);

        await lane.RunAsync(Told(), TestContext.Current.CancellationToken);

        // All calls of a chain are on one thread, so whatever else the tests do is not counted.
        first.Threads.ShouldHaveSingleItem();
        (first.After - first.Before).ShouldBeLessThan(Events, "bytes, of the lane and two handlers over ten thousand events: the smallest object is of 24");

        async IAsyncEnumerable<FleetEvent> Told()
        {
            await Task.CompletedTask;
            for (var i = 0; i < 2 * Events; i++)
                yield return told;
        }

        HandlerPlace Place(string name, Allocation hook)
        {
            var status = new HookStatus();
            var runner = new HookRunner(name, TimeSpan.FromMinutes(5), status, TimeProvider.System, NullLogger.Instance);
            var handler = new Handler(name, 5, HookStart.Now, runner, HookReflection.Calls(hook), new Dictionary<string, string>(), status, NullLogger.Instance);
            return new HandlerPlace(
                handler,
                new DeliveryWorker(name, new HandlerDelivery(handler, latest), 1, "example.test", null!, null!, null, TimeProvider.System, NullLogger.Instance),
                0);
        }
    }

    [Fact]
    public void A_change_writes_the_same_rows_with_fifty_hooks_as_with_none()
    {
        using var folder = new Folder();
        using var store = FleetStore.Open(folder.File("clients.db"), NullLogger.Instance);
        var without = WrittenByAChange(store);

        var hooks = new HookStore(store);
        for (var i = 0; i < 50; i++)
            hooks.Create($"hook-{i}", 0, []);

        WrittenByAChange(store).ShouldBe(without);
        without.ShouldBe(3);
    }

    [Fact]
    public void Moving_the_cursors_of_fifty_handlers_moves_those_behind_and_no_other()
    {
        using var folder = new Folder();
        using var store = FleetStore.Open(folder.File("clients.db"), NullLogger.Instance);
        var hooks = new HookStore(store);
        var names = Enumerable.Range(0, 50).Select(i => $"hook-{i}").ToList();
        names.ForEach(name => hooks.Create(name, name == "hook-7" ? 9 : 0, []));
        hooks.Create("other", 0, []);

        hooks.Advance(names, 5);

        names.Select(name => hooks.Find(name)!.Cursor).ShouldBe(names.Select(name => name == "hook-7" ? 9L : 5L));
        hooks.Find("other")!.Cursor.ShouldBe(0);
    }

    /// <summary>Rows that SQLite says were written by the commit of two events and a client.</summary>
    private static long WrittenByAChange(FleetStore store)
    {
        var last = store.LastSequence();
        var batch = new StoreBatch();
        for (var i = 1; i <= 2; i++)
            batch.Events.Add(new EventRow { Seq = last + i, Id = $"evt_{last + i}", Type = "client.added", Time = DateTime.UnixEpoch, Data = "{}" });

        batch.Added.Add(new ClientRow
        {
            Id = last + 1, FleetId = "alpha", PublicKey = $"key {last}", AssignedIp = $"fd00::{last}", HttpRequestIp = "192.0.2.1", Timestamp = DateTime.UnixEpoch,
        });
        var before = Changes(store);
        store.Commit(batch);
        return Changes(store) - before;
    }

    private static long Changes(FleetStore store) => store.Read(db => db.Database.SqlQueryRaw<long>("SELECT total_changes() AS Value").AsEnumerable().Single());

    /// <summary>Notes what its thread has allocated at its ten thousandth call, when all is compiled and pooled, and at its last.</summary>
    private sealed class Allocation : IHook<ClientAdded>
    {
        private int _calls;

        public HashSet<int> Threads { get; } = [];

        public long Before { get; private set; }

        public long After { get; private set; }

        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken)
        {
            Threads.Add(Environment.CurrentManagedThreadId);
            if (++_calls == Events)
                Before = GC.GetAllocatedBytesForCurrentThread();
            else if (_calls == 2 * Events)
                After = GC.GetAllocatedBytesForCurrentThread();

            return default;
        }
    }
}
