using WgFleet.Config;

namespace WgFleet.Hooks.Handlers;

/// <summary>An active handler: the user's object, and how to hand it an event of each type.</summary>
internal sealed class Handler(string name, int maxAttempts, HookStart start, HookRunner runner, IReadOnlyDictionary<Type, HandlerCall> calls, IReadOnlyDictionary<string, string> settings, HookStatus status, ILogger log)
{
    public string Name => name;

    /// <summary>How often one event is tried; 1: a failure is logged and forgotten.</summary>
    public int MaxAttempts => maxAttempts;

    /// <summary>Where in the log it begins when it is new.</summary>
    public HookStart Start => start;

    public HookRunner Runner => runner;

    public HookStatus Status => status;

    /// <summary>What the configuration says of it; null if nothing.</summary>
    public HookConfig? Config { get; init; }

    /// <summary>How to call it for this event; null if it has not asked for it, or the configuration keeps it from it.</summary>
    public HandlerCall? CallFor(FleetEvent fleetEvent)
    {
        if (Config?.Wants(fleetEvent.Type, fleetEvent.Client?.Fleet) == false)
            return null;

        if (calls.TryGetValue(fleetEvent.GetType(), out var call))
            return call;

        return EventTypes.IsOnRequest(fleetEvent.Type) && Config?.AsksFor(fleetEvent.Type) != true ? null : calls.GetValueOrDefault(typeof(FleetEvent));
    }

    /// <summary>What it is given beside the event.</summary>
    public HookContext ContextFor(FleetEvent fleetEvent, FleetState state, int attempt) => new()
    {
        HookName = name,
        EventType = fleetEvent.Type,
        Client = fleetEvent.Client,
        State = state,
        Settings = settings,
        Logger = log,
        Attempt = attempt,
    };
}

/// <summary>Calls a handler's method for one event type; built once per hook and type.</summary>
internal delegate ValueTask HandlerCall(FleetEvent fleetEvent, HookContext context, CancellationToken cancellationToken);
