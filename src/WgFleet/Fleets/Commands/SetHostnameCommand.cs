using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;

namespace WgFleet.Fleets.Commands;

/// <summary>Gives a client exactly the name that an operator asks for, which it then keeps whatever it asks for itself; or refuses.</summary>
internal sealed class SetHostnameCommand(string fleet, long id, string hostname, FleetOperator by) : RegistryCommand<RegisteredClient>
{
    public override void Decide(Batch batch)
    {
        var within = batch.Fleet(fleet);
        var client = within.Find(id) ?? throw new RefusedException(Refusal.NotFound, "the client has just been removed");
        if (client.Hostname == hostname)
        {
            Result = Keep(batch, within, client, by);
            return;
        }

        if (!within.IsFree(hostname))
            throw new RefusedException(Refusal.Conflict, $"another client of {fleet} is called '{hostname}'");

        Result = batch.Rename(within, client, hostname, by, namedBy: by.Name);
    }

    /// <summary>Makes the name that a client has one that it keeps, if it is not.</summary>
    public static RegisteredClient Keep(Batch batch, FleetBuilder within, RegisteredClient client, FleetOperator by) =>
        client.NamedBy is null ? batch.SetNamedBy(within, client, by.Name, OperatorActed.By(by, OperatorActs.ClientNameKept)) : client;
}
