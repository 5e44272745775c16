using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;

namespace WgFleet.Fleets.Commands;

/// <summary>Gives a client exactly the name that an operator asks for, or refuses.</summary>
internal sealed class SetHostnameCommand(string fleet, long id, string hostname, FleetOperator by) : RegistryCommand<RegisteredClient>
{
    public override void Decide(Batch batch)
    {
        var within = batch.Fleet(fleet);
        var client = within.Find(id) ?? throw new RefusedException(Refusal.NotFound, "the client has just been removed");
        if (client.Hostname == hostname)
        {
            Result = client;
            return;
        }

        if (!within.IsFree(hostname))
            throw new RefusedException(Refusal.Conflict, $"another client of {fleet} is called '{hostname}'");

        Result = batch.Rename(within, client, hostname, by);
    }
}
