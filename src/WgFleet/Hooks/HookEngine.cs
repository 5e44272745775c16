using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Hooks.Discovery;
using WgFleet.Hooks.Projections;
using WgFleet.Hosting;
using WgFleet.Metrics;
using WgFleet.Store;

namespace WgFleet.Hooks;

/// <summary>Runs the hooks: takes what the registry publishes, and brings it to handlers and projections without ever holding the registry.</summary>
internal sealed partial class HookEngine : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Resync = TimeSpan.FromMinutes(5);

    private readonly LatestState _latest = new();
    private readonly HookCatalog _catalog;
    private readonly TimeSpan _awaitTimeout;
    private readonly EventDispatcher _lanes;
    private readonly ProjectionWorker[] _projections;
    private readonly ProjectionWorker[] _awaited;
    private readonly TimeProvider _time;
    private readonly ILogger<HookEngine> _log;
    private ITimer? _resync;
    private bool _stopped;

    public HookEngine(HookCatalog catalog, ServerConfig config, HookStore store, IFileReplacer files, TimeProvider time, ILoggerFactory logs)
    {
        _catalog = catalog;
        _awaitTimeout = config.Hooks.AwaitTimeout;
        _time = time;
        _log = logs.CreateLogger<HookEngine>();
        _lanes = new EventDispatcher(catalog, config.Domain, store, _latest, time, logs);
        _projections = [.. catalog.Projections.Select(p => new ProjectionWorker(p, _latest, files, time))];
        _awaited = [.. _projections.Where(p => p.Await)];
    }

    /// <summary>All hooks, active or not, with how they fare.</summary>
    public IReadOnlyList<HookSummary> Hooks => _catalog.Listings;

    /// <summary>The lanes of those that get each event.</summary>
    public EventDispatcher Lanes => _lanes;

    /// <summary>The state as projections see it now.</summary>
    public FleetState State => _latest.Get();

    /// <summary>A projection's lane; null if there is no such projection.</summary>
    public ProjectionWorker? Projection(string hook) => Array.Find(_projections, p => p.Name == hook);

    /// <summary>Takes over what one batch did. Called by the registry's writer, one batch at a time; never blocks, never throws.</summary>
    public void Publish(Change change)
    {
        // The state first: a run that starts from here on sees it, whoever asked for the run.
        _latest.Set(change.After);
        if (change.Events.Count == 0)
            return;

        _lanes.Append(change.Events);
        foreach (var projection in _projections)
            projection.Follow(change);
    }

    /// <summary>Enters the hooks that are new here in the database, before the event of the start is written.</summary>
    /// <exception cref="StartupException">The catalog has problems.</exception>
    public void Enter(Snapshot loaded)
    {
        if (_catalog.Problems.Count > 0)
            throw new StartupException(string.Join(Environment.NewLine, _catalog.Problems));

        _lanes.Enter(loaded);
    }

    /// <summary>
    /// Runs every projection once and hands the startup event to the handlers, for at most 30 s; then the server may open
    /// its port. False if something failed or took longer; it goes on, and is repeated, in the background.
    /// </summary>
    public async Task<bool> StartAsync(Snapshot initial, StartupEvent startup, CancellationToken cancellationToken)
    {
        _latest.Set(initial);
        _lanes.Start(startup);
        var runs = _projections.Select(p => p.BeginAsync(initial.Sequence)).ToArray();
        _resync = _time.CreateTimer(_ => RequestAll(), null, Resync, Resync);
        var handled = _lanes.HandledAsync(startup.Sequence);
        await Task.WhenAll([handled, .. runs]).WaitAsync(StartLimit, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();

        var late = _projections.Where((_, i) => !(runs[i].IsCompletedSuccessfully && runs[i].Result)).Select(p => p.Name).ToList();
        if (!handled.IsCompleted)
            late.Add("the handlers of startup");

        if (late.Count > 0)
            Log.StartedWithout(_log, string.Join(", ", late));

        return late.Count == 0;
    }

    /// <summary>
    /// True once all awaited projections hold everything published before this call; false if one fails, is stuck or needs
    /// longer than await_timeout. The caller answers either way.
    /// </summary>
    public async Task<bool> AwaitProjectionsAsync(CancellationToken cancellationToken)
    {
        var upToDate = await Task.WhenAll(_awaited.Select(p => AwaitAsync(p, cancellationToken)));
        return !upToDate.Contains(false);
    }

    /// <summary>Completes when the event of this number, or a later one, has been to all handlers.</summary>
    public Task HandledAsync(long sequence) => _lanes.HandledAsync(sequence);

    /// <summary>Hands out the events that wait and brings the projections up to date, for 10 s or the time given; then cancels what still runs. What is left waits in the log.</summary>
    public async Task StopAsync(TimeSpan? within = null)
    {
        if (_stopped)
            return;

        _stopped = true;
        _lanes.Drain();
        if (_resync is not null)
            await _resync.DisposeAsync();

        var drain = within ?? DrainLimit;
        using var limit = new CancellationTokenSource(drain, _time);
        var drained = Task.WhenAll([_lanes.Handling, .. _projections.Select(p => p.DrainAsync(limit.Token))]);
        await drained.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        foreach (var projection in _projections)
            projection.Dispose();

        var behind = _lanes.Behind;
        await _lanes.DisposeAsync();
        await Task.WhenAll(_catalog.Ends.Select(end => end.DisposeAsync()));
        if (limit.IsCancellationRequested)
            Log.StoppedEarly(_log, drain.TotalSeconds, behind, string.Join(", ", _catalog.Listings.Where(l => l.Status is { Failing: true }).Select(l => l.Name)));
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task<bool> AwaitAsync(ProjectionWorker projection, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var run = projection.WaitAsync(_awaitTimeout);
        await ((Task)run).WaitAsync(_awaitTimeout, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        var outcome = !run.IsCompletedSuccessfully ? FleetMeter.Timeout : run.Result ? FleetMeter.Ok : FleetMeter.Failed;
        FleetMeter.Awaited(projection.Name, outcome, _time.GetElapsedTime(started));
        return outcome == FleetMeter.Ok;
    }

    private void RequestAll()
    {
        foreach (var projection in _projections)
            projection.Request();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Started although these have failed or are not done yet: {Hooks}")]
        public static partial void StartedWithout(ILogger log, string hooks);

        [LoggerMessage(2, LogLevel.Warning, "Stopped after {Seconds} s with {Events} events that handlers get at the next start; hooks that last failed: {Hooks}")]
        public static partial void StoppedEarly(ILogger log, double seconds, long events, string hooks);
    }
}
