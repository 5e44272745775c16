using WgFleet.Hooks;
using WgFleet.WireGuard;

namespace WgFleet.Fleets.Commands;

/// <summary>
/// Takes back registrations that WireGuard did not take: the clients are removed by events of their own, and tokens get their uses back. The
/// answer is how many. Those that an operator has removed meanwhile are left out.
/// </summary>
internal sealed class TakeBackCommand(string fleet, IReadOnlyList<PeerWait> registrations) : RegistryCommand<int>
{
    /// <summary>The reason that hooks are told.</summary>
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
