using WgFleet.Fleets.State;

namespace WgFleet.Hooks;

/// <summary>The latest published snapshot, as hooks see it. Converted once, when a hook first asks for it. Safe for concurrent use.</summary>
internal sealed class LatestState
{
    private readonly Lock _gate = new();
    private volatile Lazy<FleetState> _state = new(() => throw new InvalidOperationException("the hooks have not been started"));
    private long _sequence = -1;

    /// <summary>Sets the snapshot, unless a newer one is set already.</summary>
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
