using WgFleet.Dashboard.Live;
using WgFleet.Fleets.State;

namespace WgFleet.Dashboard.ClientLists;

/// <summary>The open page of the clients of all fleets.</summary>
internal sealed class LiveClientsPage(LiveClientRows rows) : ILiveView
{
    public bool AddChanges(Snapshot snapshot, DateTimeOffset now, LiveUpdate update)
    {
        update.Set("heading", ClientsPage.HeadingOf(snapshot));
        rows.AddChanges(snapshot.Fleets, snapshot.Domain, now, update);
        return true;
    }
}
