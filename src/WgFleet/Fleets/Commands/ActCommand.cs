using WgFleet.Hooks;
using WgFleet.Store.Engine;

namespace WgFleet.Fleets.Commands;

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
