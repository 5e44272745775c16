using WgFleet.Fleets.State;
using WgFleet.Hooks.Projections.Templates;
using WgFleet.Metrics;

namespace WgFleet.Hooks.Projections;

/// <summary>Runs one projection, coalesced, apart from all others: one that hangs holds nobody else.</summary>
internal sealed partial class ProjectionWorker : IDisposable
{
    private static readonly TimeSpan Fold = TimeSpan.FromMinutes(1);

    private readonly Projection _projection;
    private readonly LatestState _latest;
    private readonly TimeProvider _time;
    private readonly ProjectionContext _context;
    private readonly Coalescer _coalescer;
    private readonly SemaphoreSlim _one = new(1);

    // Only the run under way touches these.
    private string? _lastError;
    private long _lastLogged;
    private int _unlogged;
    private long _projected = -1;

    // Only who publishes writes these: up to where it knows of the changes, and the last one that it has to bring out.
    private long _published = -1;
    private long _due = -1;

    public ProjectionWorker(Projection projection, LatestState latest, IFileReplacer files, TimeProvider time)
    {
        _projection = projection;
        _latest = latest;
        _time = time;
        _context = new ProjectionContext
        {
            HookName = projection.Name,
            Settings = projection.Settings,
            Logger = projection.Log,
            Files = new CountedFiles(files, projection.Name),
        };
        _coalescer = new Coalescer(RunAsync, projection.MinInterval, time);
        projection.Runner.CameBack = Request;
    }

    public string Name => _projection.Name;

    public bool Await => _projection.Await;

    /// <summary>The number of the last event up to which it has brought out all that it shows.</summary>
    public long Projected
    {
        get
        {
            // In this order: what is due is written before the number under which it is published.
            var published = Volatile.Read(ref _published);
            var due = Volatile.Read(ref _due);
            var projected = Volatile.Read(ref _projected);
            return projected >= due ? Math.Max(projected, published) : projected;
        }
    }

    /// <summary>Takes note of a published change, and runs for it if it changes anything of what it shows. Never blocks; one caller at a time.</summary>
    public void Follow(Change change)
    {
        if (_projection.NamedOnly ? change.TouchesNamed : change.TouchesClients)
        {
            Volatile.Write(ref _due, change.After.Sequence);
            Volatile.Write(ref _published, change.After.Sequence);
            _ = RequestAsync(change.Events.Count);
        }
        else
        {
            Volatile.Write(ref _published, change.After.Sequence);
        }
    }

    /// <summary>The first run, on what there is at the start; true if it succeeded.</summary>
    public Task<bool> BeginAsync(long sequence)
    {
        Volatile.Write(ref _due, sequence);
        Volatile.Write(ref _published, sequence);
        return RequestAsync();
    }

    /// <summary>Asks for a run that starts after this call. Never blocks.</summary>
    public void Request() => _ = RequestAsync();

    /// <summary>The same; completes when the first run that starts after this call has ended, true if it succeeded.</summary>
    public Task<bool> RequestAsync(int changes = 1)
    {
        FleetMeter.Requested(Name);
        return _coalescer.RequestAsync(changes);
    }

    /// <inheritdoc cref="Coalescer.WaitAsync"/>
    public Task<bool> WaitAsync(TimeSpan within) =>
        _projection.Status.Stuck ? Task.FromResult(false) : _coalescer.WaitAsync(within);

    /// <summary>Brings it up to date without keeping the interval, until that has succeeded; a stuck one is not waited for.</summary>
    public Task DrainAsync(CancellationToken cancellationToken) =>
        _projection.Status.Stuck ? Task.CompletedTask : _coalescer.DrainAsync(cancellationToken);

    /// <summary>Runs it on the present state with files of the caller's; null if that went well, else why not. Not counted as a run.</summary>
    public async Task<Exception?> PreviewAsync(IFileReplacer files, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var runner = new HookRunner(Name, timeout, new HookStatus(), _time, _projection.Log);
        var context = new ProjectionContext { HookName = Name, Settings = _projection.Settings, Logger = _projection.Log, Files = files };
        await _one.WaitAsync(cancellationToken);
        try
        {
            return (await runner.RunAsync(ct => Preview(_latest.Get(), context, ct), cancellationToken)).Error;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _coalescer.Dispose();

    private async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        await _one.WaitAsync(stoppingToken);
        try
        {
            return await RunAloneAsync(stoppingToken);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<bool> RunAloneAsync(CancellationToken stoppingToken)
    {
        // The state is taken when the run has started: it holds whatever was published before the requests it covers.
        var taken = -1L;
        var (error, took) = await _projection.Runner.RunAsync(
            ct =>
            {
                var state = _latest.Get();
                taken = state.Sequence;
                return _projection.Hook.ProjectAsync(state, _context, ct);
            },
            stoppingToken);
        FleetMeter.Ran(Name);
        FleetMeter.Called(Name, FleetMeter.State, error is null ? FleetMeter.Ok : FleetMeter.Failed, took);
        if (error is null)
            Succeeded(taken);
        else
            Failed(error);

        return error is null;
    }

    private ValueTask Preview(FleetState state, ProjectionContext context, CancellationToken cancellationToken)
    {
        // A template would send its signal for what it believes to have written.
        if (_projection.Hook is not TemplateProjection template)
            return _projection.Hook.ProjectAsync(state, context, cancellationToken);

        foreach (var file in template.Render(state))
            context.Files.Replace(file.Path, file.Content.Span);

        return ValueTask.CompletedTask;
    }

    private void Succeeded(long projected)
    {
        Volatile.Write(ref _projected, projected);
        if (_lastError is not null)
            Log.Recovered(_projection.Log, Name);

        (_lastError, _unlogged) = (null, 0);
    }

    private void Failed(Exception error)
    {
        // A full disk fails the same way for hours; once a minute is enough to know.
        if (error.Message == _lastError && _time.GetElapsedTime(_lastLogged) < Fold)
        {
            _unlogged++;
            return;
        }

        Log.Failed(_projection.Log, Name, error.Message, _unlogged, error);
        (_lastError, _lastLogged, _unlogged) = (error.Message, _time.GetTimestamp(), 0);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Projection {Hook} failed and will be tried again: {Error} (the same {Unlogged} times since the last such line)")]
        public static partial void Failed(ILogger log, string hook, string error, int unlogged, Exception exception);

        [LoggerMessage(2, LogLevel.Information, "Projection {Hook} has succeeded again and is up to date")]
        public static partial void Recovered(ILogger log, string hook);
    }
}
