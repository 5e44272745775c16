using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Projections;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;

namespace WgFleet.Testing;

/// <summary>The hooks that a test names, on a clock that stands still by default.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly Folder _folder = new();
    private readonly Database _database;

    public Stage(params Type[] hooks)
        : this(new HooksConfig(), hooks)
    {
    }

    public Stage(HooksConfig config, params Type[] hooks)
        : this(config, null, null, hooks)
    {
    }

    public Stage(HooksConfig config, TimeProvider? clock, ServerConfig? server, params Type[] hooks)
    {
        var services = new ServiceCollection();
        services.AddSingleton(Calls);
        services.AddSingleton(server ?? World.Config());
        services.AddSingleton(clock ?? Time);
        services.AddSingleton<ILoggerFactory>(Log);
        services.AddSingleton(clock ?? Time);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        _services = services.BuildServiceProvider();
        _database = SqliteDatabase.Open(_folder.File("clients.db"), Log.CreateLogger<Database>());
        Hooks = TestHooks.Load(hooks, config, _services, clock ?? Time, Log, Store = new HookStore(_database), new EventQueries(_database));
    }

    /// <summary>For tests in which time passes while threads of a busy machine have not run yet.</summary>
    public static HooksConfig Patient => new() { AwaitTimeout = TimeSpan.FromHours(1) };

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ManualTime Time { get; } = new();

    public CollectedLog Log { get; } = new();

    public Calls Calls { get; } = new();

    public World World { get; } = new();

    public HookSet Hooks { get; }

    public HookStore Store { get; }

    public HookQueries Queries => new(_database);

    public Database Database => _database;

    /// <summary>Writes to the database as an operator's act does, without its event.</summary>
    public Task Write(Action<Connection> write)
    {
        _database.Write(write);
        return Task.CompletedTask;
    }

    /// <summary>Starts the hooks with the present state; true if nothing failed.</summary>
    public Task<bool> StartAsync()
    {
        Hooks.Enter(World.Snapshot);
        World.ContinueAfter(Store.LastSequence());
        var startup = World.Startup();
        return Hooks.StartAsync(World.Snapshot, startup, Ct);
    }

    /// <summary>Publishes a change and waits until all handlers have had its events.</summary>
    public Task TellAsync(Change change)
    {
        Hooks.Publish(change);
        return Hooks.HandledAsync(change.Events[^1].Sequence).WaitAsync(Ct);
    }

    /// <summary>The same for a change that the registry has committed, so that it is in the event log.</summary>
    public Task CommitAsync(Change change)
    {
        var batch = new StoreBatch();
        batch.Events.AddRange(change.Events.Select(EventJson.ToRow));
        new FleetStore(_database).Commit(batch);
        return TellAsync(change);
    }

    /// <summary>Waits until code waits for this long, and lets the time pass.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        await Time.SomebodyWaitsAsync(time).WaitAsync(Ct);
        Time.Advance(time);
    }

    /// <summary>Waits for the awaited projections while time passes, because repeats after a failure need that.</summary>
    public async Task<bool> AwaitProjectionsAsync()
    {
        var answer = Hooks.AwaitProjectionsAsync(Ct);
        await Eventually.True(() => answer.IsCompleted, () => Time.Advance(TimeSpan.FromMilliseconds(1)));
        return await answer;
    }

    public HookHealth Status(string name) => Hooks.Find(name).ShouldNotBeNull().Health;

    public ProjectionHook Projection(string name) => Hooks.Find(name).ShouldBeOfType<ProjectionHook>();

    /// <summary>The worker of a handler, program or endpoint.</summary>
    public DeliveryWorker Worker(string name) => Hooks.Find(name).ShouldBeAssignableTo<EventHook>()!.Worker;

    public async ValueTask DisposeAsync()
    {
        // A hook that is still delayed must not delay the end of the test.
        Calls.Release();
        var stopped = Hooks.DisposeAsync().AsTask();
        while (!stopped.IsCompleted)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(stopped, Task.Delay(10));
        }

        await stopped;
        _database.Dispose();
        _folder.Dispose();
        await _services.DisposeAsync();
    }
}
