using Microsoft.Extensions.DependencyInjection;
using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Hooks;
using WgFleet.Hooks.Admin;
using WgFleet.Hooks.Discovery;
using WgFleet.Hooks.Handlers;
using WgFleet.Metrics;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;

namespace WgFleet.Tests.Metrics;

/// <summary>What the hooks' work leaves in the metrics. The meter is the process's own, so the hooks here have names of their own.</summary>
public class HookMetricsTests
{
    [Fact]
    public async Task A_handlers_calls_are_counted_and_timed_by_event_and_outcome()
    {
        using var metrics = new MetricsCollector();
        await using var stage = new Stage(typeof(Counted), typeof(CountedFailure));
        await stage.StartAsync();

        await stage.TellAsync(stage.World.Add());
        await stage.TellAsync(stage.World.Add());

        Scrape.Of(metrics).ShouldSatisfyAllConditions(
            s => s["""wgfleet_hook_attempts_total{hook="metrics_counted",outcome="ok"}"""].ShouldBe(2),
            s => s["""wgfleet_hook_attempts_total{hook="metrics_failure",outcome="failed"}"""].ShouldBe(2),
            s => s["""wgfleet_hook_duration_seconds_count{hook="metrics_counted",event="client.added",outcome="ok"}"""].ShouldBe(2),
            s => s["""wgfleet_hook_duration_seconds_bucket{hook="metrics_counted",event="client.added",outcome="ok",le="+Inf"}"""].ShouldBe(2));
    }

    [Fact]
    public async Task Events_that_are_published_are_counted_by_type()
    {
        using var metrics = new MetricsCollector();
        await using var stage = new Stage(typeof(Counted));
        await stage.StartAsync();

        await stage.TellAsync(stage.World.Add());

        // Other tests tell events too.
        Scrape.Of(metrics)["""wgfleet_events_appended_total{type="client.added"}"""].ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(1);
    }

    [Fact]
    public async Task A_projections_requests_runs_files_and_waiting_responses_are_counted()
    {
        using var metrics = new MetricsCollector();
        using var folder = new Folder();
        var config = Stage.Patient with
        {
            List = [new HookConfig { Name = "metrics_file", Settings = new Dictionary<string, string> { ["path"] = folder.File("file") } }],
        };
        await using var stage = new Stage(config, typeof(CountedFile));
        await stage.StartAsync();

        stage.Hooks.Publish(stage.World.Add());
        (await stage.AwaitProjectionsAsync()).ShouldBeTrue();

        Scrape.Of(metrics).ShouldSatisfyAllConditions(
            s => s["""wgfleet_projection_requests_total{hook="metrics_file"}"""].ShouldBe(2),
            s => s["""wgfleet_projection_runs_total{hook="metrics_file"}"""].ShouldBe(2),
            s => s["""wgfleet_projection_writes_total{hook="metrics_file"}"""].ShouldBe(1),
            s => s["""wgfleet_projection_skipped_total{hook="metrics_file"}"""].ShouldBe(1),
            s => s["""wgfleet_hook_attempts_total{hook="metrics_file",outcome="ok"}"""].ShouldBe(2),
            s => s["""wgfleet_await_seconds_count{hook="metrics_file",outcome="ok"}"""].ShouldBe(1));
    }

    [Fact]
    public async Task The_lag_and_the_waiting_deliveries_of_a_hook_are_read_from_the_database()
    {
        using var metrics = new MetricsCollector();
        using var folder = new Folder();
        using var log = new CollectedLog();
        using var database = SqliteDatabase.Open(folder.File("clients.db"), log.CreateLogger("store"));
        using var services = new ServiceCollection().AddSingleton(new Calls()).BuildServiceProvider();
        var time = new ManualTime();
        var config = new HooksConfig { List = [new HookConfig { Name = "metrics_off", Enabled = false }] };
        var hooks = new HookStore(database);
        var set = TestHooks.Load([typeof(Counted), typeof(CountedOff)], config, services, time, log, hooks);
        hooks.Create("metrics_counted", 0, []);
        hooks.Create("hook_of_yesterday", 0, []);
        var world = new World();
        var batch = new StoreBatch();
        batch.Events.AddRange(Enumerable.Range(0, 3).SelectMany(_ => world.Add().Events).Select(EventJson.ToRow));
        new FleetStore(database).Commit(batch);
        hooks.Enqueue("metrics_counted", [Row(1), Row(2)], cursor: null);
        hooks.Record(Row(2, DeliveryState.Dead));
        time.Advance(TimeSpan.FromSeconds(7));

        using var gauges = new HookGauges(set, new HookQueries(database), time, new Microsoft.Extensions.Logging.Logger<HookGauges>(log));

        await gauges.RefreshAsync();
        Scrape.Of(metrics).ShouldSatisfyAllConditions(
            s => s["""wgfleet_hook_lag_events{hook="metrics_counted"}"""].ShouldBe(3),
            s => s["""wgfleet_hook_lag_seconds{hook="metrics_counted"}"""].ShouldBe(7),
            s => s["""wgfleet_hook_pending{hook="metrics_counted"}"""].ShouldBe(1),
            s => s["""wgfleet_hook_dead_letters{hook="metrics_counted"}"""].ShouldBe(1),
            s => s["""wgfleet_hook_stuck{hook="metrics_counted"}"""].ShouldBe(0),
            s => s["""wgfleet_hook_status{hook="metrics_counted",status="ok"}"""].ShouldBe(1),
            s => s["""wgfleet_hook_status{hook="metrics_counted",status="failing"}"""].ShouldBe(0),
            s => s["""wgfleet_hook_status{hook="metrics_off",status="inactive"}"""].ShouldBe(1),
            s => s.Text.ShouldNotContain("hook_of_yesterday"));

        set.Find("metrics_counted").ShouldBeOfType<HandlerHook>().Worker.Pause("by hand");
        hooks.Advance(["metrics_counted"], 3);
        time.Advance(TimeSpan.FromSeconds(1));

        await gauges.RefreshAsync();
        Scrape.Of(metrics).ShouldSatisfyAllConditions(
            s => s["""wgfleet_hook_lag_events{hook="metrics_counted"}"""].ShouldBe(0),
            s => s["""wgfleet_hook_lag_seconds{hook="metrics_counted"}"""].ShouldBe(0),
            s => s["""wgfleet_hook_status{hook="metrics_counted",status="paused"}"""].ShouldBe(1));
    }

    private static DeliveryRow Row(long sequence, DeliveryState state = DeliveryState.Pending) => new() { Hook = "metrics_counted", Seq = sequence, State = state };

    [Hook("metrics_counted")]
    internal sealed class Counted : IHook<ClientAdded>
    {
        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken) => default;
    }

    [Hook("metrics_off")]
    internal sealed class CountedOff : IHook<ClientAdded>
    {
        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken) => default;
    }

    [Hook("metrics_failure", MaxAttempts = 1)]
    internal sealed class CountedFailure : IHook<ClientAdded>
    {
        public ValueTask HandleAsync(ClientAdded fleetEvent, HookContext context, CancellationToken cancellationToken) => throw new IOException("no");
    }

    [Hook("metrics_file", Await = true, MinIntervalSeconds = 0)]
    internal sealed class CountedFile : IProjection
    {
        public ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken)
        {
            context.Files.Replace(context.Settings["path"], "always the same"u8);
            return default;
        }
    }
}
