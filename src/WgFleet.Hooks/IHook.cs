namespace WgFleet.Hooks;

/// <summary>
/// A handler: gets every event of its type, in order, at least once, one at a time. A class may implement it for several
/// types; <c>IHook&lt;FleetEvent&gt;</c> gets them all but <see cref="ClientOnline"/> and <see cref="ClientOffline"/>. Carries a <see cref="HookAttribute"/>, is found at start and made once.
/// It lets its exceptions out: logging them with its name and going on with the other hooks is the server's work.
/// </summary>
/// <typeparam name="TEvent">The events it wants; this is the filter.</typeparam>
public interface IHook<in TEvent>
    where TEvent : FleetEvent
{
    /// <summary>Follows one event. Never runs on a request's thread; may block, though awaiting is kinder.</summary>
    ValueTask HandleAsync(TEvent fleetEvent, HookContext context, CancellationToken cancellationToken);
}

/// <summary>
/// A projection: keeps something, a file say, in step with the latest state. Runs at start and after changes, coalesced: the
/// first change at once, later ones at most every <see cref="HookAttribute.MinIntervalSeconds"/>; retried until it succeeds.
/// </summary>
public interface IProjection
{
    /// <summary>Brings the outside in step with <paramref name="state"/>. Lets its exceptions out.</summary>
    ValueTask ProjectAsync(FleetState state, ProjectionContext context, CancellationToken cancellationToken);
}
