using WgFleet.Registry;

namespace WgFleet.Dashboard;

/// <summary>The front page of one viewer: the figures of each fleet.</summary>
internal sealed class LiveFleets(TotalsOfNow totals) : ILive
{
    public bool Tell(Snapshot snapshot, DateTimeOffset now, News news)
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
