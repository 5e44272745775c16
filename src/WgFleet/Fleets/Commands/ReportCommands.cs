using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Store.Engine;

namespace WgFleet.Fleets.Commands;

// Commands that change no client, and record in an event what was seen or done.

/// <summary>Records that a fleet's interface was repaired.</summary>
/// <param name="fleet">The fleet's name.</param>
/// <param name="reason">What was wrong, in words.</param>
internal sealed class RepairedCommand(string fleet, string reason) : RegistryCommand<bool>
{
    public override void Decide(Batch batch) => batch.Record(client: null, stamp => new FleetRepaired(fleet, reason) { Stamp = stamp });
}

/// <summary>Records that several machines use a client's key; the answer is the client, or null if it has just been removed.</summary>
internal sealed class ClonedCommand(string fleet, long id, SharedKey shared) : RegistryCommand<RegisteredClient?>
{
    public override void Decide(Batch batch)
    {
        if (batch.Fleet(fleet).Find(id) is not { } client)
            return;

        batch.Record(id, stamp => new ClientCloned(batch.ToClient(client), shared.Endpoints, shared.Identities) { Stamp = stamp });
        Result = client;
    }
}

/// <summary>Records an act of an operator, together with what it writes to tables that are not the registry's.</summary>
/// <param name="act">The act.</param>
/// <param name="write">Its write; null if it has none.</param>
internal sealed class ActCommand(OperatorActed act, Action<Connection>? write) : RegistryCommand<bool>
{
    public override void Decide(Batch batch)
    {
        batch.Record(act);
        if (write is not null)
            batch.Rows.Acts.Add(write);
    }
}
