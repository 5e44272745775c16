using Microsoft.Extensions.Logging;
using WgFleet.Events;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hooks.Deliveries;
using WgFleet.Store;
using WgFleet.Store.Engine;

namespace WgFleet.Testing;

/// <summary>A worker of deliveries on a real database, which a test can stop and continue as a new process would.</summary>
internal sealed class DeliveryStage : IAsyncDisposable
{
    public const string Hook = "tell";

    private readonly TestDatabase _stored;
    private Database _database;

    public DeliveryStage(IDelivery delivery, int concurrency = 1, TimeProvider? time = null, TestEngine engine = TestEngine.Sqlite)
    {
        _stored = new TestDatabase(engine);
        Delivery = delivery;
        Concurrency = concurrency;
        Time = time ?? TimeProvider.System;
        _database = _stored.Open(Log.CreateLogger<Database>());
        Store = new HookStore(_database);
        Store.Create(Hook, 0, []);
        Start();
    }

    public IDelivery Delivery { get; }

    public int Concurrency { get; }

    public TimeProvider Time { get; }

    public CollectedLog Log { get; } = new();

    public World World { get; } = new();

    public HookHealth Status { get; } = new();

    public Database Database => _database;

    /// <summary>Writes to the database as an operator's act does, without its event.</summary>
    public Task Write(Action<Connection> write)
    {
        _database.Write(write);
        return Task.CompletedTask;
    }

    public HookStore Store { get; private set; }

    public HookQueries Queries => new(_database);

    public EventLog Events { get; private set; } = null!;

    public DeliveryWorker Worker { get; private set; } = null!;

    /// <summary>Commits events and publishes them, as the registry would.</summary>
    public void Tell(params IEnumerable<Change> changes)
    {
        var events = changes.SelectMany(c => c.Events).ToList();
        var batch = new StoreBatch();
        batch.Events.AddRange(events.Select(EventJson.ToRow));
        new FleetStore(_database).Commit(batch);
        Events.Append(events);
    }

    /// <summary>Stops everything, and starts again from the database.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        _database = _stored.Open(Log.CreateLogger<Database>());
        Store = new HookStore(_database);
        Start();
    }

    public Task UntilDoneAsync() => Eventually.True(
        () => Store.Find(Hook)!.Cursor >= Events.Head && Store.Waiting(Hook).Count == 0 && Worker.Waiting == 0,
        () => (Time as ManualTime)?.Advance(TimeSpan.FromMilliseconds(100)));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stored.Dispose();
    }

    private void Start()
    {
        var services = TestHooks.Services(Time, Log, Store, new EventQueries(_database));
        Events = services.Events;
        Events.StartAt(Store.LastSequence());
        Worker = new DeliveryWorker(Hook, Delivery, Concurrency, e => e is not StartupEvent, Status, services, Log.CreateLogger<DeliveryWorker>());
        Worker.Enter(Store.Find(Hook)!);
        Worker.Start();
    }

    private async Task StopAsync()
    {
        await Worker.StopAsync();
        _database.Dispose();
    }
}
