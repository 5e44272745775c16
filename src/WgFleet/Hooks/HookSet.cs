using WgFleet.Config;
using WgFleet.Events;
using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Metrics;

namespace WgFleet.Hooks;

/// <summary>All hooks of a server: starts them, gives them what the registry publishes without ever delaying the registry, and stops them.</summary>
internal sealed partial class HookSet : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(10);

    private readonly HookServices _services;
    private readonly TimeSpan _awaitTimeout;
    private readonly Hook[] _awaited;
    private readonly ILogger<HookSet> _log;
    private bool _stopped;

    /// <param name="active">The hooks that run, in running order.</param>
    /// <param name="inactive">Those that do not, each with the reason.</param>
    /// <param name="problems">Why the server must not start, each as a sentence for the operator.</param>
    /// <param name="awaitTimeout">The longest that a response waits for awaited projections.</param>
    /// <param name="services">The services that all hooks share.</param>
    public HookSet(IReadOnlyList<Hook> active, IReadOnlyList<HookDefinition> inactive, IReadOnlyList<string> problems, TimeSpan awaitTimeout, HookServices services)
    {
        (Active, Inactive, Problems, _awaitTimeout, _services) = (active, inactive, problems, awaitTimeout, services);
        _awaited = [.. active.Where(h => h.Definition.Await)];
        _log = services.Logs.CreateLogger<HookSet>();
        LendThreads(active.Count);
    }

    /// <summary>The hooks that run, in running order.</summary>
    public IReadOnlyList<Hook> Active { get; }

    /// <summary>The hooks that do not run, by name.</summary>
    public IReadOnlyList<HookDefinition> Inactive { get; }

    /// <summary>Why the server must not start: a name used twice, an entry of hooks.list without a hook.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>All definitions: the active ones in running order, then the others by name.</summary>
    public IReadOnlyList<HookDefinition> Definitions => [.. Active.Select(h => h.Definition), .. Inactive];

    /// <summary>Whether an active hook asks for presence events.</summary>
    public bool AsksForPresence => Active.Any(h => h.Definition.Events.Any(type => EventTypes.Find(type)?.OnlyWhileAskedFor == true));

    /// <summary>All published events.</summary>
    public EventLog Events => _services.Events;

    /// <summary>The state as hooks see it now.</summary>
    public FleetState State => _services.Latest.Get();

    /// <summary>The active hook of that name; null if there is none.</summary>
    public Hook? Find(string name) => Active.FirstOrDefault(h => h.Name == name);

    /// <summary>Inserts new hooks into the database, and reads the state of the others. Called before the startup event is written. Blocks.</summary>
    /// <exception cref="StartupException">There are problems.</exception>
    public void Enter(Snapshot loaded)
    {
        if (Problems.Count > 0)
            throw new StartupException(string.Join(Environment.NewLine, Problems));

        foreach (var hook in Active)
            hook.Enter(loaded);
    }

    /// <summary>
    /// Starts all hooks, and waits up to 30 s until every projection has run once and the handlers have had the startup event; then
    /// the server may open its port. False if something failed or took longer; it continues in the background.
    /// </summary>
    public async Task<bool> StartAsync(Snapshot initial, StartupEvent startup, CancellationToken cancellationToken)
    {
        _services.Latest.Set(initial);
        Events.StartAt(startup.Sequence - 1);
        Events.Append([startup]);

        var starts = Active.Select(h => (h.Name, Started: h.StartAsync(startup))).ToList();
        await Task.WhenAll(starts.Select(s => (Task)s.Started)).WaitAsync(StartLimit, _services.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();

        var late = starts.Where(s => !(s.Started.IsCompletedSuccessfully && s.Started.Result)).Select(s => s.Name).ToList();
        if (late.Count > 0)
            Log.StartedWithout(_log, string.Join(", ", late));

        return late.Count == 0;
    }

    /// <summary>Handles the changes of one batch. Called by the writer, one batch at a time; never blocks, never throws.</summary>
    public void Publish(Change change)
    {
        // The state first, so that every run that starts from now on sees it.
        _services.Latest.Set(change.After);
        if (change.Events.Count == 0)
            return;

        Events.Append(change.Events, change.Rows);
        foreach (var hook in Active)
            hook.Follow(change);
    }

    /// <summary>
    /// True once the files of all awaited projections have everything published before this call; false if one fails, is stuck or needs longer than
    /// await_timeout. The caller answers its request in both cases.
    /// </summary>
    public async Task<bool> AwaitProjectionsAsync(CancellationToken cancellationToken)
    {
        var upToDate = await Task.WhenAll(_awaited.Select(h => AwaitAsync(h, cancellationToken)));
        return !upToDate.Contains(false);
    }

    /// <summary>Completes when all handlers have had the event with this number, or a later one.</summary>
    public Task HandledAsync(long sequence) => Task.WhenAll(Active.Select(h => h.HandledAsync(sequence)));

    /// <summary>
    /// Lets handlers and projections finish waiting work, for 10 s or the given time; then cancels running calls and stops all hooks.
    /// The rest waits in the event log. Never throws.
    /// </summary>
    public async Task StopAsync(TimeSpan? within = null)
    {
        if (_stopped)
            return;

        _stopped = true;
        var drain = within ?? DrainLimit;
        using var limit = new CancellationTokenSource(drain, _services.Time);
        var drained = Task.WhenAll(Active.Select(h => h.DrainAsync(limit.Token)));
        await drained.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        var left = Active.Where(h => h.Definition.Kind == HookKind.Handler).Select(h => h.Lag).DefaultIfEmpty().Max();
        await Task.WhenAll(Active.Select(h => h.StopAsync()));
        await Task.WhenAll(Active.Select(h => h.DisposeAsync().AsTask()));
        if (limit.IsCancellationRequested)
            Log.StoppedEarly(_log, drain.TotalSeconds, Quantity.Of(left, "event"), string.Join(", ", Active.Where(h => h.Health.Failing).Select(h => h.Name)));
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task<bool> AwaitAsync(Hook hook, CancellationToken cancellationToken)
    {
        var time = _services.Time;
        var started = time.GetTimestamp();
        var shown = hook.UpToDateAsync(_awaitTimeout);
        await ((Task)shown).WaitAsync(_awaitTimeout, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        var outcome = !shown.IsCompletedSuccessfully ? FleetMeter.Timeout : shown.Result ? FleetMeter.Ok : FleetMeter.Failed;
        FleetMeter.Awaited(hook.Name, outcome, time.GetElapsedTime(started));
        return outcome == FleetMeter.Ok;
    }

    /// <summary>Keeps one more thread in the pool for each hook, so that hooks that block a thread do not take threads from other work.</summary>
    private static void LendThreads(int hooks)
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        var wanted = Environment.ProcessorCount + hooks;
        if (workers < wanted)
            ThreadPool.SetMinThreads(wanted, completions);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Started although these hooks have failed or have not finished yet: {Hooks}")]
        public static partial void StartedWithout(ILogger log, string hooks);

        [LoggerMessage(2, LogLevel.Warning, "Stopped after {Seconds} s with {Events} left for the next start of the handlers; hooks whose last call failed: {Hooks}")]
        public static partial void StoppedEarly(ILogger log, double seconds, string events, string hooks);
    }
}
