using WgFleet.Dashboard.Live;
using WgFleet.Fleets.State;

namespace WgFleet.Dashboard.ClientPages;

/// <summary>The open page of one client.</summary>
/// <param name="fleet">The fleet's name.</param>
/// <param name="id">The client's id. A machine that registers again after its removal has another one.</param>
internal sealed class LiveClientPage(string fleet, long id) : ILiveView
{
    public bool AddChanges(Snapshot snapshot, DateTimeOffset now, LiveUpdate update)
    {
        if (snapshot.Fleet(fleet)?.ById.GetValueOrDefault(id) is not { } client)
        {
            // The browser then loads the page again, which says what became of the client.
            update.Set("gone", "yes");
            return snapshot.Fleet(fleet) is not null;
        }

        var row = ClientTableRow.Of(client, now);
        update.Set("title", row.Hostname ?? row.Address);
        update.Set("state", row.State);
        update.Set("seen", row.Seen.Time);
        update.Set("handshake", row.Handshake?.Time ?? "never");
        update.Set("received", row.Received);
        update.Set("sent", row.Sent);
        return true;
    }
}
