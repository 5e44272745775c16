using WgFleet.Fleets.State;

namespace WgFleet.Dashboard.Live;

/// <summary>The page of one client, as one viewer has it.</summary>
internal sealed class LiveClientPage(string fleet, long id) : ILiveView
{
    public bool Tell(Snapshot snapshot, DateTimeOffset now, LiveUpdate news)
    {
        // Gone, or another one by now: the page is to be made anew.
        if (snapshot.Fleet(fleet)?.ById.GetValueOrDefault(id) is not { } member)
        {
            news.Put("gone", "yes");
            return snapshot.Fleet(fleet) is not null;
        }

        var line = ClientTableRow.Of(member, now);
        news.Put("title", line.Hostname ?? line.Address);
        news.Put("state", line.Online ? "online" : "offline");
        news.Put("seen", line.Seen.Time);
        news.Put("handshake", line.Handshake?.Time ?? "never");
        news.Put("received", line.Received);
        news.Put("sent", line.Sent);
        return true;
    }
}
