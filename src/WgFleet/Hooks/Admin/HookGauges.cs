using WgFleet.Store.Engine;
using System.Diagnostics.Metrics;
using WgFleet.Metrics;
using WgFleet.Store;

namespace WgFleet.Hooks.Admin;

/// <summary>Metrics of the hooks' backlogs, read from the database at most once a second, off the reader's thread, and only when metrics are read.</summary>
/// <remarks>Whoever can wait calls <see cref="RefreshAsync"/> first. Others get the values of the last read, and start the next one.</remarks>
internal sealed partial class HookGauges : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Gauges _gauges = new();
    private readonly Lock _gate = new();
    private readonly HookSet _hooks;
    private readonly HookQueries _store;
    private readonly TimeProvider _time;
    private readonly ILogger<HookGauges> _log;
    private volatile Dictionary<string, HookBacklog> _figures = [];
    private long? _readAt;
    private Task _reading = Task.CompletedTask;
    private bool _disposed;

    public HookGauges(HookSet hooks, HookQueries store, TimeProvider time, ILogger<HookGauges> log)
    {
        (_hooks, _store, _time, _log) = (hooks, store, time, log);
        Gauge("wgfleet_hook_lag_events", "Events in the log that the hook has neither handled nor stored as deliveries.", f => f.Lag);
        Gauge("wgfleet_hook_lag_seconds", "The age of the oldest of these events.", Age);
        Gauge("wgfleet_hook_pending", "Deliveries that wait or are under way.", f => f.Pending);
        Gauge("wgfleet_hook_dead_letters", "Deliveries that were given up.", f => f.Dead);
        _gauges.Add("wgfleet_hook_stuck", "1 while a call of the hook does not return.", Stuck);
        _gauges.Add("wgfleet_hook_status", "1 for the status of the hook: ok, failing, stuck, paused or inactive.", Statuses);
    }

    /// <summary>Reads the figures, unless they are younger than a second. Completes when they are there, or cannot be read, which is logged.</summary>
    public Task RefreshAsync()
    {
        lock (_gate)
        {
            if (!_disposed && _reading.IsCompleted && !(_readAt is { } at && _time.GetElapsedTime(at) < Fresh))
            {
                _readAt = _time.GetTimestamp();
                _reading = ReadAsync();
            }

            return _reading;
        }
    }

    public void Dispose()
    {
        _gauges.Dispose();
        Task reading;
        lock (_gate)
            (_disposed, reading) = (true, _reading);

        // The database is closed after this.
        reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
    }

    private void Gauge(string name, string help, Func<HookBacklog, double> read) => _gauges.Add(
        name,
        help,
        () => Figures() is var figures && figures.Count == 0 ? [] : _hooks.Active
            .Where(h => figures.ContainsKey(h.Name))
            .Select(l => new Measurement<double>(read(figures[l.Name]), Label("hook", l.Name))));

    private IEnumerable<Measurement<long>> Stuck() => _hooks.Active.Select(h => new Measurement<long>(h.Health.Stuck ? 1 : 0, Label("hook", h.Name)));

    private IEnumerable<Measurement<long>> Statuses() =>
        from hook in _hooks.Active.Select(h => (h.Name, h.Status.Status)).Concat(_hooks.Inactive.Select(h => (h.Name, Status: HookStatus.Inactive)))
        from status in Enum.GetValues<HookStatus>()
        select new Measurement<long>(status == hook.Status ? 1 : 0, Label("hook", hook.Name), Label("status", status.Text()));

    private double Age(HookBacklog figures) =>
        figures.Oldest is { } oldest ? Math.Max(0, (_time.GetUtcNow() - oldest).TotalSeconds) : 0;

    private Dictionary<string, HookBacklog> Figures()
    {
        _ = RefreshAsync();
        return _figures;
    }

    private async Task ReadAsync()
    {
        try
        {
            _figures = (await _store.BacklogsAsync(CancellationToken.None)).ToDictionary(f => f.Hook);
        }
        catch (StoreException e)
        {
            // No figures are better than old ones.
            _figures = [];
            Log.CannotRead(_log, e.Message);
        }
    }

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The metrics of the hooks' backlogs are missing, because the database cannot be read: {Reason}")]
        public static partial void CannotRead(ILogger log, string reason);
    }
}
