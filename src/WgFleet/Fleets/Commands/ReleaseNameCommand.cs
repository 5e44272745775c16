using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Fleets.Commands;

/// <summary>Lets a client that an operator has named have the name that it asks for again; it keeps its present one until it asks.</summary>
internal sealed class ReleaseNameCommand(string fleet, long id, FleetOperator by) : RegistryCommand<RegisteredClient>
{
    public override void Decide(Batch batch)
    {
        var within = batch.Fleet(fleet);
        var client = within.Find(id) ?? throw new RefusedException(Refusal.NotFound, "the client has just been removed");
        Result = client.NamedBy is null ? client : batch.SetNamedBy(within, client, null, OperatorActed.By(by, OperatorActs.ClientNameReleased));
    }
}
