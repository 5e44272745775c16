using WgFleet.Store;

namespace WgFleet.Registry;

/// <summary>Saves when clients were last heard of. A command, because the store has one user at a time.</summary>
internal sealed class SaveActivityCommand(FleetStore store, IReadOnlyCollection<Member> members) : Command<int>
{
    public override void Decide(Draft draft)
    {
        try
        {
            store.SaveActivity([.. members.Select(m => (m.Id, m.Activity.LastPing.UtcDateTime, m.Activity.LastHandshake?.UtcDateTime))]);
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
