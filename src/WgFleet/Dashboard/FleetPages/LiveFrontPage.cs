using WgFleet.Dashboard.Live;
using WgFleet.Fleets.State;

namespace WgFleet.Dashboard.FleetPages;

/// <summary>The open front page: the state and the totals of each fleet.</summary>
internal sealed class LiveFrontPage(TotalsCache totals, FleetHealth health) : ILiveView
{
    public bool AddChanges(Snapshot snapshot, DateTimeOffset now, LiveUpdate update)
    {
        foreach (var fleet in snapshot.Fleets)
        {
            var (name, numbers) = (fleet.Config.Name, totals.Of(fleet, now));
            update.Set($"{name} trouble", StatusText.Of(health.Of(name)));
            update.Set($"{name} online", numbers.OnlineText);
            update.Set($"{name} clients", numbers.ClientsText);
            update.Set($"{name} share", numbers.OnlinePercent);
            update.Set($"{name} received", numbers.ReceivedText);
            update.Set($"{name} sent", numbers.SentText);
        }

        return true;
    }
}
