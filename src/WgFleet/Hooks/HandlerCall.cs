namespace WgFleet.Hooks;

/// <summary>Calls a handler's method for one type of event.</summary>
/// <param name="hook">The handler's object.</param>
/// <param name="fleetEvent">The event, of the type that the call is for.</param>
/// <param name="context">What the handler is given beside it.</param>
/// <param name="cancellationToken">Cancelled when the call takes too long or the server stops.</param>
internal delegate ValueTask HandlerCall(object hook, FleetEvent fleetEvent, HookContext context, CancellationToken cancellationToken);
