using WgFleet.Hooks;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.Commands;

/// <summary>
/// Removes clients whose peers WireGuard did not set. Each is removed by an event, and its token gets the use back. The
/// answer is the number of removed clients. Clients that an operator has removed in the meantime are skipped.
/// </summary>
internal sealed class TakeBackCommand(string fleet, IReadOnlyList<PeerWait> registrations) : RegistryCommand<int>
{
    /// <summary>The reason in the event.</summary>
    public const string Reason = "tunnel";

    public override void Decide(Batch batch)
    {
        var from = batch.Fleet(fleet);
        foreach (var registration in registrations)
        {
            if (from.Find(registration.Registers!.Id) is not { } client)
                continue;

            from.Remove(client);
            from.PeerChanges.Add(PeerChange.Delete(client.PublicKey));
            batch.Rows.RemovedIds.Add(client.Id);
            batch.Record(client.Id, stamp => new ClientRemoved(batch.ToClient(client), Reason) { Stamp = stamp });
            if (registration.Token is { } token)
                batch.GiveBack(token);

            Result++;
        }
    }
}
