using WgFleet.Fleets.State;

namespace WgFleet.Dashboard.Live;

/// <summary>The front page of one viewer: the figures of each fleet.</summary>
internal sealed class LiveFrontPage(TotalsCache totals) : ILiveView
{
    public bool Tell(Snapshot snapshot, DateTimeOffset now, LiveUpdate news)
    {
        foreach (var fleet in snapshot.Fleets)
        {
            var (name, figures) = (fleet.Config.Name, totals.Of(fleet, now));
            news.Put($"{name} online", figures.OnlineText);
            news.Put($"{name} clients", figures.ClientsText);
            news.Put($"{name} share", figures.OnlinePercent);
            news.Put($"{name} received", figures.ReceivedText);
            news.Put($"{name} sent", figures.SentText);
        }

        return true;
    }
}
