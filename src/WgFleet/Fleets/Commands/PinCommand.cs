using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Fleets.Commands;

/// <summary>Pins or unpins a client; the answer is the changed client. A client that is pinned already keeps its pin.</summary>
/// <param name="fleet">The fleet's name.</param>
/// <param name="id">The client.</param>
/// <param name="pins">Whether it is pinned, not unpinned.</param>
/// <param name="by">Who does it.</param>
internal sealed class PinCommand(string fleet, long id, bool pins, FleetOperator by) : RegistryCommand<PinChange>
{
    public override void Decide(Batch batch)
    {
        var within = batch.Fleet(fleet);
        var client = within.Find(id) ?? throw new RefusedException(Refusal.NotFound, "the client has just been removed");
        var changes = pins == client.Pinned is null;
        Result = new PinChange(changes ? Pin(batch, within, client, pins, by) : client, changes);
    }

    /// <summary>Pins or unpins a client for which that is a change, with its row and its event.</summary>
    public static RegisteredClient Pin(Batch batch, FleetBuilder within, RegisteredClient client, bool pins, FleetOperator by)
    {
        var changed = client with { Pinned = pins ? new Pin(batch.Now, by.Name) : null };
        within.Replace(changed);
        batch.Rows.Pinned.Add((client.Id, changed.Pinned));
        batch.Record(OperatorActed.By(by, pins ? OperatorActs.ClientPinned : OperatorActs.ClientUnpinned) with { OnClient = batch.ToClient(changed) }, client.Id);
        return changed;
    }
}

/// <summary>A client, and whether it was pinned or unpinned just now.</summary>
internal sealed record PinChange(RegisteredClient Client, bool Changed);
