using WgFleet.Store.Engine;
using WgFleet.Events;
using WgFleet.Hooks.Deliveries;
using WgFleet.Hosting;
using WgFleet.Metrics;
using WgFleet.Store;

namespace WgFleet.Hooks.Handlers;

/// <summary>
/// A class that is called for each event that it asks for, in the order of the log. All handlers share one <see cref="HandlerLoop"/>. An event
/// whose call fails is tried again separately, and later events of the same client wait for it.
/// </summary>
internal sealed partial class HandlerHook : EventHook
{
    private static readonly RetrySchedule Schedule = new(
        0, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10));

    private readonly object _hook;
    private readonly HandlerLoop _handlers;
    private long _entered;

    /// <param name="definition">Its definition.</param>
    /// <param name="code">The object.</param>
    /// <param name="loop">Runs all handlers; this one runs after those that it has already.</param>
    /// <param name="services">The services that all hooks share.</param>
    public HandlerHook(HookDefinition definition, object code, HandlerLoop loop, HookServices services)
        : base(definition, services, code, concurrency: 1, follows: false)
    {
        (_hook, _handlers) = (code, loop);
        loop.Add(this);
    }

    public override long Cursor => _handlers.Cursor;

    protected override IEnumerable<PartStatus> Loops => _handlers.Loop is { } loop ? [loop, .. base.Loops] : base.Loops;

    public override void Enter(Fleets.State.Snapshot loaded)
    {
        base.Enter(loaded);
        _entered = Worker.Cursor;
        _handlers.StartAt(_entered);
    }

    public override async Task<bool> StartAsync(StartupEvent startup)
    {
        Worker.Start();
        _handlers.Start();
        await _handlers.HandledAsync(startup.Sequence);
        return true;
    }

    public override bool Wants(FleetEvent fleetEvent) => CallFor(fleetEvent) is not null;

    /// <summary>Calls it for the next event. False if that failed. Never throws.</summary>
    public async ValueTask<bool> HandleAsync(FleetEvent fleetEvent, CancellationToken stoppingToken)
    {
        // Events up to its cursor at the start were handled by the previous process.
        if (fleetEvent.Sequence <= _entered || CallFor(fleetEvent) is not { } call)
            return true;

        if (Health.Stuck || Worker.Paused is not null || Worker.Holds(SubjectOf(fleetEvent)))
        {
            Defer(fleetEvent, attempts: 0, error: null);
            return true;
        }

        var (error, took) = await Turn.RunAsync(token => call(_hook, fleetEvent, ContextFor(fleetEvent, 1), token), stoppingToken);
        FleetMeter.Called(Name, fleetEvent.Type, error is null ? FleetMeter.Ok : FleetMeter.Failed, took);
        if (error is null || stoppingToken.IsCancellationRequested)
            return true;

        Log.Failed(Logger, Name, fleetEvent.Type, fleetEvent.Id, error.Message, error);
        if (Definition.MaxAttempts > 1)
            Defer(fleetEvent, attempts: 1, error.Message);

        return false;
    }

    /// <summary>Calls it again for an event whose call failed.</summary>
    public override async Task<DeliveryOutcome> DeliverAsync(DeliveryAttempt attempt, CancellationToken cancellationToken)
    {
        if (Health.Stuck)
            return new(DeliveryVerdict.Busy);

        if (CallFor(attempt.Event) is not { } call)
            return new(DeliveryVerdict.Delivered);

        var (error, _) = await Turn.RunAsync(token => call(_hook, attempt.Event, ContextFor(attempt.Event, attempt.Number), token), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return error is null ? new(DeliveryVerdict.Delivered) : new(DeliveryVerdict.Retry) { Error = error.Message };
    }

    public override async Task<DeliveryOutcome> TestAsync(DeliveryAttempt attempt, CancellationToken cancellationToken)
    {
        var call = CallFor(attempt.Event)!;
        var (error, _) = await Turn.RunAsync(token => call(_hook, attempt.Event, ContextFor(attempt.Event, 1), token), cancellationToken, counts: false);
        return error is null ? new(DeliveryVerdict.Delivered) : new(DeliveryVerdict.Retry) { Error = error.Message };
    }

    public override TimeSpan? DelayBefore(int attempt) => Schedule.DelayBefore(attempt, Definition.MaxAttempts, Random.Shared);

    public override bool IsDone(long sequence) => Cursor >= sequence && !Worker.HoldsUpTo(sequence);

    public override Task DrainAsync(CancellationToken cancellationToken) => _handlers.DrainAsync();

    public override async Task StopAsync()
    {
        await _handlers.StopAsync();
        await Worker.StopAsync();
    }

    /// <summary>Completes when all handlers have had the event with this number, or a later one.</summary>
    public override Task HandledAsync(long sequence) => _handlers.HandledAsync(sequence);

    /// <summary>How to call it for this event; null if the class does not ask for it, or its entry excludes it.</summary>
    private HandlerCall? CallFor(FleetEvent fleetEvent)
    {
        if (fleetEvent is UnknownEvent || Definition.Config?.Wants(fleetEvent.Type, fleetEvent.Fleet) == false)
            return null;

        if (Definition.Calls.TryGetValue(fleetEvent.GetType(), out var call))
            return call;

        return EventTypes.IsOnlyByName(fleetEvent.Type) && Definition.Config?.AsksFor(fleetEvent.Type) != true ? null : Definition.Calls.GetValueOrDefault(typeof(FleetEvent));
    }

    private HookContext ContextFor(FleetEvent fleetEvent, int attempt) => new()
    {
        HookName = Name,
        EventType = fleetEvent.Type,
        Client = fleetEvent.Client,
        State = Services.Latest.Get(),
        Settings = Definition.Settings,
        Logger = Logger,
        Attempt = attempt,
    };

    /// <summary>Leaves the event to the worker for retries.</summary>
    private void Defer(FleetEvent fleetEvent, int attempts, string? error)
    {
        var now = Services.Time.GetUtcNow();
        try
        {
            Worker.Add(new DeliveryRow
            {
                Hook = Name,
                Seq = fleetEvent.Sequence,
                Subject = SubjectOf(fleetEvent),
                State = DeliveryState.Pending,
                Attempt = attempts,
                NextAt = (attempts == 0 ? now : now + Schedule.Waits[0]).ToUnixTimeMilliseconds(),
                Error = error,
                EndedAt = now.ToUnixTimeMilliseconds(),
            });
        }
        catch (StoreException e)
        {
            Log.NotDeferred(Logger, Name, fleetEvent.Type, fleetEvent.Id, e.Message);
        }
    }

    private static string SubjectOf(FleetEvent fleetEvent) => EventJson.SubjectOf(fleetEvent) ?? "";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Hook {Hook} failed on {EventType} {EventId}: {Error}")]
        public static partial void Failed(ILogger log, string hook, string eventType, string eventId, string error, Exception exception);

        [LoggerMessage(2, LogLevel.Error, "Hook {Hook} is not called again for {EventType} {EventId}, because the retry could not be stored: {Reason}")]
        public static partial void NotDeferred(ILogger log, string hook, string eventType, string eventId, string reason);
    }
}
