using WgFleet.Fleets.State;
using WgFleet.WireGuard;

namespace WgFleet.Fleets;

/// <summary>What a batch of the writer has decided about the peers of one fleet, on its way to WireGuard.</summary>
/// <param name="after">The fleet as it is after the batch.</param>
/// <param name="changes">The changes, in order.</param>
internal sealed class PeerJob(FleetSnapshot after, IReadOnlyList<PeerChange> changes)
{
    // Whoever waits goes on at once, on the thread that settles the job: all it does is to answer callers.
    private readonly TaskCompletionSource<bool> _outcome = new();

    public FleetSnapshot After => after;

    public IReadOnlyList<PeerChange> Changes => changes;

    /// <summary>True once WireGuard has the changes; false once it has refused them, or has not answered for too long.</summary>
    public Task<bool> Outcome => _outcome.Task;

    /// <summary>Ends the wait of those who wait; only the first outcome counts.</summary>
    public void Settle(bool taken) => _outcome.TrySetResult(taken);
}
