using WgFleet.Fleets.Commands;
using WgFleet.Fleets.Commands.Many;
using WgFleet.Hooks;
using WgFleet.Hosting;

namespace WgFleet.Fleets;

/// <summary>What operators do to many clients of a fleet. Each is one command, and so one transaction; the answers are the clients that were changed.</summary>
internal sealed partial class ClientRegistry
{
    /// <summary>Removes clients.</summary>
    public async Task<IReadOnlySet<long>> RemoveManyAsync(string fleet, IReadOnlyList<long> ids, FleetOperator by)
    {
        var command = new RemoveCommand(fleet, ids, _ => true, "removed", by) { LeavesTombstones = LeavesTombstones, RecordsPresence = RecordsPresence };
        await writer.ExecuteAsync(command);
        return Logged(fleet, command.Removed.ToHashSet(), "removed", by);
    }

    /// <summary>Pins clients, or unpins them.</summary>
    public async Task<IReadOnlySet<long>> PinManyAsync(string fleet, IReadOnlyList<long> ids, bool pins, FleetOperator by) =>
        Logged(fleet, await writer.ExecuteAsync(new PinManyCommand(fleet, ids, pins, by)), pins ? "pinned" : "unpinned", by);

    /// <summary>Sets and unsets tags of clients.</summary>
    /// <exception cref="RefusedException">One of them would have too many.</exception>
    public async Task<IReadOnlySet<long>> TagAsync(
        string fleet, IReadOnlyList<long> ids, IReadOnlyDictionary<string, string> set, IReadOnlyCollection<string> unset, FleetOperator by) =>
        Logged(fleet, await writer.ExecuteAsync(new TagCommand(fleet, ids, set, unset, by)), "tagged", by);

    /// <summary>Gives clients exactly these names, or none of them.</summary>
    /// <exception cref="RefusedException">Another client has one of the names.</exception>
    public async Task<IReadOnlySet<long>> RenameManyAsync(string fleet, IReadOnlyList<(long Id, string Hostname)> names, FleetOperator by) =>
        Logged(fleet, await writer.ExecuteAsync(new RenameManyCommand(fleet, names, by)), "renamed", by);

    private IReadOnlySet<long> Logged(string fleet, IReadOnlySet<long> changed, string what, FleetOperator by)
    {
        if (changed.Count > 0)
            Log.ManyChanged(log, Quantity.Of(changed.Count, "client"), fleet, what, by.Name);

        return changed;
    }
}
