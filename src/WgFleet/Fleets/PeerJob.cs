using WgFleet.Fleets.State;
using WgFleet.WireGuard;

namespace WgFleet.Fleets;

/// <summary>The changes of one fleet's peers that a batch of the writer has decided on, and their outcome in WireGuard.</summary>
/// <param name="after">The fleet as it is after the batch.</param>
/// <param name="changes">The changes, in order.</param>
internal sealed class PeerJob(FleetSnapshot after, IReadOnlyList<PeerChange> changes)
{
    // Continuations run at once, on the thread that sets the outcome, because they only answer callers.
    private readonly TaskCompletionSource<bool> _outcome = new();

    public FleetSnapshot After => after;

    public IReadOnlyList<PeerChange> Changes => changes;

    /// <summary>True when WireGuard has made the changes; false if it has refused them or not answered for too long.</summary>
    public Task<bool> Outcome => _outcome.Task;

    /// <summary>Sets the outcome; only the first one counts.</summary>
    public void Settle(bool taken) => _outcome.TrySetResult(taken);
}
