namespace WgFleet.Hooks;

/// <summary>
/// A handler: gets every event of its type, in order, at least once, one at a time. A class may implement it for several
/// types; <c>IHook&lt;FleetEvent&gt;</c> gets <see cref="StartupEvent"/>, <see cref="ClientAdded"/>, <see cref="ClientHostnameChanged"/> and
/// <see cref="ClientRemoved"/>; the others only if it names them in its events. Has a <see cref="HookAttribute"/>; one instance is created at the start.
/// It does not catch exceptions: the server logs them with the hook's name and continues with the other hooks.
/// </summary>
/// <typeparam name="TEvent">The type of events that it gets.</typeparam>
public interface IHook<in TEvent>
    where TEvent : FleetEvent
{
    /// <summary>Handles one event. Never runs on a request's thread; may block, but should await instead.</summary>
    ValueTask HandleAsync(TEvent fleetEvent, HookContext context, CancellationToken cancellationToken);
}

/// <summary>
/// A projection: keeps something, such as a file, up to date with the latest state. Runs at the start and after changes, coalesced: the
/// first change at once, later ones at most once every <see cref="HookAttribute.MinIntervalSeconds"/>; retried until it succeeds.
/// </summary>
public interface IProjection
{
    /// <summary>Writes what follows from <paramref name="state"/>. Does not catch exceptions.</summary>
    ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken);
}
