using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Store;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.Commands;

/// <summary>Removes the clients that still meet the condition when the writer comes to them; the answer is how many.</summary>
/// <param name="fleet">Their fleet.</param>
/// <param name="ids">The clients.</param>
/// <param name="isToGo">Whether a client is to be removed.</param>
/// <param name="reason">The reason in the event.</param>
/// <param name="by">The operator who asked for it; null if none did.</param>
internal sealed class RemoveCommand(string fleet, IReadOnlyList<long> ids, Func<RegisteredClient, bool> isToGo, string reason, FleetOperator? by) : RegistryCommand<int>
{
    /// <summary>Those that were removed, when the command is answered.</summary>
    public List<long> Removed { get; } = [];

    /// <summary>The act of which the removals are a consequence; null for none. It is recorded before them.</summary>
    public OperatorActed? Act { get; init; }

    /// <summary>Whether no client is removed while the fleet is frozen.</summary>
    public bool StopsAtFreeze { get; init; }

    /// <summary>Whether a client stays whose registration is not answered yet: its machine would be told that it has joined.</summary>
    public bool SparesRegistering { get; init; }

    /// <summary>Whether each client leaves a tombstone, so that it can be restored.</summary>
    public bool LeavesTombstones { get; init; }

    /// <summary>Whether an online client gets a client.offline event before its client.removed event.</summary>
    public bool RecordsPresence { get; init; }

    public override void Decide(Batch batch)
    {
        var from = batch.Fleet(fleet);
        if (StopsAtFreeze && from.Frozen is not null)
            return;

        if (Act is not null)
            batch.Record(Act);

        foreach (var id in ids)
        {
            if (from.Find(id) is not { } client || !isToGo(client) || (SparesRegistering && batch.IsRegistering(id)))
                continue;

            from.Remove(client);
            from.PeerChanges.Add(PeerChange.Delete(client.PublicKey));
            batch.Rows.RemovedIds.Add(id);
            if (RecordsPresence && client.OnlineSince is not null)
                batch.RecordOffline(client);

            batch.Record(id, stamp => new ClientRemoved(batch.ToClient(client), reason) { Stamp = stamp, Operator = by });
            if (LeavesTombstones)
                batch.Rows.Tombstones.Add(ToTombstone(client, batch));

            Removed.Add(id);
            Result++;
        }

        if (Result > 0)
            batch.Wait(this, fleet);
    }

    private Tombstone ToTombstone(RegisteredClient client, Batch batch) => new(client)
    {
        Sequence = batch.Sequence,
        RemovedAt = batch.Now,
        Cause = reason,
        RemovedBy = by?.Name,
        LastPing = client.Liveness.LastPing,
        LastHandshake = client.Liveness.LastHandshake,
        LastTraffic = client.Liveness.LastTraffic,
    };
}
