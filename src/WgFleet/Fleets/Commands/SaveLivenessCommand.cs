using WgFleet.Fleets.State;
using WgFleet.Store;

namespace WgFleet.Fleets.Commands;

/// <summary>Saves when clients were last heard of. A command, because the store has one user at a time.</summary>
internal sealed class SaveLivenessCommand(FleetStore store, IReadOnlyCollection<RegisteredClient> members) : RegistryCommand<int>
{
    public override void Decide(Batch draft)
    {
        try
        {
            store.SaveActivity([.. members.Select(m => (m.Id, m.Liveness.LastPing.UtcDateTime, m.Liveness.LastHandshake?.UtcDateTime))]);
            Result = members.Count;
        }
        catch (System.Data.Common.DbException e)
        {
            // Only this command's trouble: last-seen times may come later.
            _failure = e;
        }
    }

    private Exception? _failure;

    public override void Done()
    {
        if (_failure is { } failure)
            Failed(failure);
        else
            base.Done();
    }
}
