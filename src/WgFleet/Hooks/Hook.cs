using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet.Hooks;

/// <summary>
/// An active hook. It owns its worker, its cursor in the event log, and the turn in which its code is called. Derived classes are
/// handlers, projections and deliveries.
/// </summary>
internal abstract partial class Hook : IAsyncDisposable
{
    /// <summary>How long a stop waits until the hook's object is disposed.</summary>
    public static readonly TimeSpan DisposeLimit = TimeSpan.FromSeconds(5);

    private readonly object _code;

    /// <param name="definition">Its definition.</param>
    /// <param name="services">The services that all hooks share.</param>
    /// <param name="code">The object that does the work; disposed of with the hook.</param>
    protected Hook(HookDefinition definition, HookServices services, object code)
    {
        (Definition, Services, _code) = (definition, services, code);
        Logger = services.Logs.CreateLogger("WgFleet.Hooks." + definition.Name);
        Turn = new HookTurn(definition.Name, definition.Timeout, Health, services.Time, Logger);
    }

    public HookDefinition Definition { get; }

    public string Name => Definition.Name;

    public HookHealth Health { get; } = new();

    /// <summary>How many numbers of the event log it is behind.</summary>
    public abstract long Lag { get; }

    /// <summary>Its pending deliveries.</summary>
    public virtual int Waiting => 0;

    /// <summary>Its dead letters.</summary>
    public virtual int DeadLetters => 0;

    /// <summary>Why it is paused; null if it is not.</summary>
    public virtual string? Paused => null;

    /// <summary>How its program is; null unless it has one that stays running.</summary>
    public virtual ProgramStatus? Program => null;

    /// <summary>The loop that it depends on and that fails; null if all work.</summary>
    public PartStatus? FailingPart => Loops.FirstOrDefault(p => p.IsFailing);

    /// <summary>Its status and, unless that is ok, the reason. The most urgent one comes first.</summary>
    public (HookStatus Status, string? Reason) Status =>
        Health.Stuck ? (HookStatus.Stuck, "a call has not returned; no other starts until it does")
        : FailingPart is { } part ? (HookStatus.Failing, $"the part '{part.Name}' of the server fails and is restarted: {part.Reason}")
        : Paused is { } paused ? (HookStatus.Paused, paused)
        : Program?.Problem is { } problem ? (HookStatus.Failing, $"the program does not run: {problem}")
        : Health.Failing ? (HookStatus.Failing, Health.LastFailure?.Error)
        : (HookStatus.Ok, null);

    /// <summary>The states of the loops that it depends on; empty before it has started.</summary>
    protected abstract IEnumerable<PartStatus> Loops { get; }

    protected HookServices Services { get; }

    protected ILogger Logger { get; }

    protected HookTurn Turn { get; }

    /// <summary>Reads its state from the database, or inserts it if it is new. Called before the startup event is written. Blocks.</summary>
    public virtual void Enter(Snapshot loaded)
    {
    }

    /// <summary>Starts its worker. Completes when this hook allows the server to open its port; false if the hook failed.</summary>
    public abstract Task<bool> StartAsync(StartupEvent startup);

    /// <summary>Handles a published change. One caller at a time; never blocks.</summary>
    public virtual void Follow(Change change)
    {
    }

    /// <summary>Whether it has handled all events up to a number. A dead letter counts as handled.</summary>
    public abstract bool IsDone(long sequence);

    /// <summary>True once its files have everything published before this call; false if that fails or is not possible within the given time.</summary>
    public virtual Task<bool> UpToDateAsync(TimeSpan within) => Task.FromResult(true);

    /// <summary>Completes when it has had the event with this number, or a later one; at once unless it is a handler.</summary>
    public virtual Task HandledAsync(long sequence) => Task.CompletedTask;

    /// <summary>Finishes what it can while the server stops.</summary>
    public virtual Task DrainAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Stops its worker and cancels calls under way; unfinished work is in the database. Never throws.</summary>
    public abstract Task StopAsync();

    /// <summary>Disposes its object after the call under way, or not at all if that call is stuck. Never throws.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_code is not (IDisposable or IAsyncDisposable))
            return;

        var ended = Turn.RunAsync(_ => DisposeCodeAsync(), CancellationToken.None, counts: false);
        await ((Task)ended).WaitAsync(DisposeLimit, Services.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var error = ended.IsCompleted ? (await ended).Error : new TimeoutException($"took longer than {DisposeLimit.TotalSeconds:0} s");
        if (error is not null)
            Log.NotDisposed(Logger, Name, error.Message, error);
    }

    private ValueTask DisposeCodeAsync()
    {
        if (_code is IAsyncDisposable disposable)
            return disposable.DisposeAsync();

        (_code as IDisposable)?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Hook {Hook} could not be disposed: {Error}")]
        public static partial void NotDisposed(ILogger log, string hook, string error, Exception exception);
    }
}
