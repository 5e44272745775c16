using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet.Hooks;

/// <summary>
/// A hook that runs. It owns its worker, its place in the event log and the one exclusion under which its code is called. Its heirs are
/// handlers, projections and deliveries.
/// </summary>
internal abstract partial class Hook : IAsyncDisposable
{
    /// <summary>How long a stop waits for the hook's own object to be disposed of.</summary>
    public static readonly TimeSpan DisposeLimit = TimeSpan.FromSeconds(5);

    private readonly object _code;

    /// <param name="definition">What it is.</param>
    /// <param name="services">What all hooks work with.</param>
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

    /// <summary>Events that it has taken over and not finished.</summary>
    public virtual int Waiting => 0;

    /// <summary>Events that it has given up.</summary>
    public virtual int DeadLetters => 0;

    /// <summary>Why it is paused; null if it is not.</summary>
    public virtual string? Paused => null;

    /// <summary>How its program is; null unless it has one that stays running.</summary>
    public virtual ProgramStatus? Program => null;

    /// <summary>Its status and, unless that is ok, the reason. The most urgent one comes first.</summary>
    public (HookStatus Status, string? Reason) Status =>
        Health.Stuck ? (HookStatus.Stuck, "a call has not returned; no other starts until it does")
        : Loops.FirstOrDefault(p => p.IsFailing) is { } part ? (HookStatus.Failing, $"the part '{part.Name}' of the server fails and is started again: {part.Reason}")
        : Paused is { } paused ? (HookStatus.Paused, paused)
        : Program?.Problem is { } problem ? (HookStatus.Failing, $"the program does not run: {problem}")
        : Health.Failing ? (HookStatus.Failing, Health.LastFailure?.Error)
        : (HookStatus.Ok, null);

    /// <summary>How the loops are that it depends on; empty before it has started.</summary>
    protected abstract IEnumerable<PartStatus> Loops { get; }

    protected HookServices Services { get; }

    protected ILogger Logger { get; }

    protected HookTurn Turn { get; }

    /// <summary>Reads where it left off from the database, or enters it there if it is new. Comes before the event of the start is written. Blocks.</summary>
    public virtual void Enter(Snapshot loaded)
    {
    }

    /// <summary>Starts its worker. Completes when the server may open its port as far as this hook is concerned; false if the hook failed.</summary>
    public abstract Task<bool> StartAsync(StartupEvent startup);

    /// <summary>Takes note of a published change. One caller at a time; never blocks.</summary>
    public virtual void Follow(Change change)
    {
    }

    /// <summary>Whether it is done with all events up to a number. A dead letter is done.</summary>
    public abstract bool IsDone(long sequence);

    /// <summary>True once it shows all that was published before this call; false if that failed or cannot happen within the time given.</summary>
    public virtual Task<bool> UpToDateAsync(TimeSpan within) => Task.FromResult(true);

    /// <summary>Completes when it has been given the event of this number, or a later one; at once unless it is a handler.</summary>
    public virtual Task HandledAsync(long sequence) => Task.CompletedTask;

    /// <summary>Finishes what it can while the server stops.</summary>
    public virtual Task DrainAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Stops its worker and cancels what is under way; what it has not done waits in the database. Never throws.</summary>
    public abstract Task StopAsync();

    /// <summary>Disposes of its object after the call under way, or leaves it alone if that is stuck. Never throws.</summary>
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
        [LoggerMessage(1, LogLevel.Warning, "Hook {Hook} could not be disposed of: {Error}")]
        public static partial void NotDisposed(ILogger log, string hook, string error, Exception exception);
    }
}
