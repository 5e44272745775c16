using WgFleet.Hooks.Projections;

namespace WgFleet.Hooks.Handlers;

/// <summary>How one lane calls one handler, event after event: everything for it is made once, so that a call makes nothing.</summary>
internal sealed class HandlerVisit
{
    private readonly Handler _handler;
    private readonly Func<CancellationToken, ValueTask> _visit;
    private FleetEvent? _event;
    private HandlerCall? _call;
    private int _attempt;

    public HandlerVisit(Handler handler, LatestState latest)
    {
        _handler = handler;
        _visit = cancellationToken => _call!(_event!, handler.ContextFor(_event!, latest.Get(), _attempt), cancellationToken);
    }

    /// <summary>Calls the handler when its turn comes. One visit at a time.</summary>
    public ValueTask<HookOutcome> RunAsync(FleetEvent fleetEvent, HandlerCall call, int attempt, CancellationToken stoppingToken)
    {
        (_event, _call, _attempt) = (fleetEvent, call, attempt);
        return _handler.Runner.RunAsync(_visit, stoppingToken);
    }
}
