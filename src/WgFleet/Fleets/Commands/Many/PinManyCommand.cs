using WgFleet.Hooks;

namespace WgFleet.Fleets.Commands.Many;

/// <summary>Pins or unpins clients; the answer is those that were changed. A client that was removed in the meantime is skipped.</summary>
/// <param name="fleet">Their fleet.</param>
/// <param name="ids">The clients.</param>
/// <param name="pins">Whether they are pinned, not unpinned.</param>
/// <param name="by">Who does it.</param>
internal sealed class PinManyCommand(string fleet, IReadOnlyList<long> ids, bool pins, FleetOperator by) : RegistryCommand<IReadOnlySet<long>>
{
    public override void Decide(Batch batch)
    {
        var within = batch.Fleet(fleet);
        var changed = new HashSet<long>();
        foreach (var client in ids.Select(within.Find).Where(c => c is not null && pins == c.Pinned is null))
        {
            PinCommand.Pin(batch, within, client!, pins, by);
            changed.Add(client!.Id);
        }

        Result = changed;
    }
}
