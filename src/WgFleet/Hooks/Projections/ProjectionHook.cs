using WgFleet.Fleets.State;
using WgFleet.Hosting;
using WgFleet.Hooks.Projections.Streaming;
using WgFleet.Metrics;

namespace WgFleet.Hooks.Projections;

/// <summary>
/// A class or a template that keeps files up to date with the latest state. It runs after changes, coalesced and independent of all other hooks, and five
/// minutes after its last run in any case. <see cref="Coalescer.LoopAsync"/> decides when it runs; <see cref="RunAsync"/> shows
/// the steps of a run in order.
/// </summary>
internal sealed partial class ProjectionHook : Hook
{
    private static readonly TimeSpan Resync = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly IProjection _projection;
    private readonly StreamProjection? _program;
    private readonly ProjectionContext _context;
    private readonly Coalescer _coalescer;
    private Part? _loop;

    // Used by the run under way only.
    private string? _lastError;
    private long _lastLogged;
    private int _unlogged;

    // The numbers of the state that was last written, of the last one that changes the files, and of the last published one.
    private long _shown = -1;
    private long _due = -1;
    private long _published = -1;

    public ProjectionHook(HookDefinition definition, IProjection projection, HookServices services)
        : base(definition, services, projection)
    {
        _projection = definition.Config?.Fleets is null || projection is IPreview ? projection : new FollowedFleets(projection, definition.Config);
        _program = projection as StreamProjection;
        _context = ContextWith(new CountedFiles(services.Files, Name));
        _coalescer = new Coalescer(RunAsync, definition.MinInterval ?? TimeSpan.Zero, services.Time, Resync);
        Turn.Returned = Request;
        _program?.Program.Restarted = Request;
    }

    public override ProgramStatus? Program => _program?.Program.Status;

    public override long Lag => Math.Max(0, Services.Latest.Get().Sequence - Projected);

    /// <summary>The number of the event up to which its files are up to date.</summary>
    public long Projected
    {
        get
        {
            // In this order: the due number is written before the published number.
            var published = Volatile.Read(ref _published);
            var due = Volatile.Read(ref _due);
            var shown = Volatile.Read(ref _shown);
            return shown >= due ? Math.Max(shown, published) : shown;
        }
    }

    protected override IEnumerable<PartStatus> Loops => _loop is { } loop ? [loop.Status] : [];

    public override bool IsDone(long sequence) => Projected >= sequence;

    /// <summary>Runs for the first time; true if that succeeded.</summary>
    public override Task<bool> StartAsync(StartupEvent startup)
    {
        var sequence = Services.Latest.Get().Sequence;
        Volatile.Write(ref _due, sequence);
        Volatile.Write(ref _published, sequence);
        _program?.Start(Services.Loops);
        var first = RequestAsync();
        _loop = Services.Loops.Run($"hook {Name}", (part, stopping) => _coalescer.LoopAsync(part.Works, stopping));
        return first;
    }

    /// <summary>Handles a published change, and asks for a run if it changes the files.</summary>
    public override void Follow(Change change)
    {
        var runs = Definition.NamedOnly ? change.TouchesNamed : change.TouchesClients;
        if (runs)
            Volatile.Write(ref _due, change.After.Sequence);

        Volatile.Write(ref _published, change.After.Sequence);
        if (runs)
            _ = RequestAsync(change.Events.Count);
    }

    /// <summary>Asks for a run that starts after this call. Never blocks.</summary>
    public void Request() => _ = RequestAsync();

    public override Task<bool> UpToDateAsync(TimeSpan within) => Health.Stuck ? Task.FromResult(false) : _coalescer.WaitAsync(within);

    /// <summary>Runs until it is up to date, without keeping the interval. Does not wait for a stuck run.</summary>
    public override Task DrainAsync(CancellationToken cancellationToken) => Health.Stuck ? Task.CompletedTask : _coalescer.DrainAsync(cancellationToken);

    public override async Task StopAsync()
    {
        _coalescer.Dispose();
        if (_loop is { } loop)
            await loop.DisposeAsync();
    }

    /// <summary>What it would change in its files now, as unified diffs; empty if nothing. Runs in the hook's own turn, and is not counted as a run.</summary>
    /// <exception cref="RefusedException">The hook failed.</exception>
    public async Task<string> DiffAsync(CancellationToken cancellationToken)
    {
        if (_program is not null)
            throw new RefusedException(Refusal.Conflict, $"'{Name}' is a program, and only the program knows what it would change; 'wg-fleet hooks run {Name}' gives it the state");

        var files = new FileDiffs();
        var context = ContextWith(files);
        var (error, _) = await Turn.RunAsync(
            token => _projection is IPreview preview ? preview.PreviewAsync(Services.Latest.Get(), context, token) : _projection.ProjectAsync(Services.Latest.Get(), context, token),
            cancellationToken,
            counts: false);
        return error is null ? files.Text() : throw new RefusedException(Refusal.Conflict, $"'{Name}' failed: {error.Message}");
    }

    private Task<bool> RequestAsync(int changes = 1)
    {
        FleetMeter.Requested(Name);
        return _coalescer.RequestAsync(changes);
    }

    private async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        // The state is read when the run has started, so it has everything published before the requests that the run covers.
        var taken = -1L;
        var (error, took) = await Turn.RunAsync(
            token =>
            {
                var state = Services.Latest.Get();
                taken = state.Sequence;
                return _projection.ProjectAsync(state, _context, token);
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

    private void Succeeded(long shown)
    {
        Volatile.Write(ref _shown, shown);
        if (_lastError is not null)
            Log.Recovered(Logger, Name);

        (_lastError, _unlogged) = (null, 0);
    }

    private void Failed(Exception error)
    {
        // A full disk fails in the same way for hours: one line a minute is enough.
        if (error.Message == _lastError && Services.Time.GetElapsedTime(_lastLogged) < LogInterval)
        {
            _unlogged++;
            return;
        }

        // For a full disk or a missing directory the message is enough; a fault in the code needs its stack.
        Log.Failed(Logger, Name, error.Message, _unlogged == 0 ? "" : $" (the same {Quantity.Of(_unlogged, "time")} since the last such line)", error is IOException or UnauthorizedAccessException ? null : error);
        (_lastError, _lastLogged, _unlogged) = (error.Message, Services.Time.GetTimestamp(), 0);
    }

    private ProjectionContext ContextWith(IFileReplacer files) => new()
    {
        HookName = Name,
        Settings = Definition.Settings,
        Logger = Logger,
        Files = files,
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Projection {Hook} failed and will be tried again: {Error}{Unlogged}")]
        public static partial void Failed(ILogger log, string hook, string error, string unlogged, Exception? exception);

        [LoggerMessage(2, LogLevel.Information, "Projection {Hook} has succeeded again and is up to date")]
        public static partial void Recovered(ILogger log, string hook);
    }
}
