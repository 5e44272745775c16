using WgFleet.Fleets.State;

namespace WgFleet.Hooks.Projections;

/// <summary>The latest snapshot the registry has published, as hooks see it; converted once, when first asked for.</summary>
internal sealed class LatestState
{
    private readonly Lock _gate = new();
    private volatile Lazy<FleetState> _state = new(() => throw new InvalidOperationException("the hooks have not been started"));
    private long _sequence = -1;

    /// <summary>Takes over a snapshot; one older than the one known is passed over.</summary>
    public void Set(Snapshot snapshot)
    {
        lock (_gate)
        {
            if (snapshot.Sequence < _sequence)
                return;

            _sequence = snapshot.Sequence;
            _state = new Lazy<FleetState>(snapshot.ToState, LazyThreadSafetyMode.PublicationOnly);
        }
    }

    public FleetState Get() => _state.Value;
}
