using WgFleet.Dashboard.ClientLists;
using WgFleet.Dashboard.Live;
using WgFleet.Fleets.State;

namespace WgFleet.Dashboard.FleetPages;

/// <summary>An open page of a fleet: its totals, and the clients on the page the viewer asked for.</summary>
/// <param name="name">The fleet's name.</param>
/// <param name="rows">The client list.</param>
/// <param name="totals">Counts the clients.</param>
/// <param name="health">The state of the fleet.</param>
internal sealed class LiveFleetPage(string name, LiveClientRows rows, TotalsCache totals, FleetHealth health) : ILiveView
{
    public bool AddChanges(Snapshot snapshot, DateTimeOffset now, LiveUpdate update)
    {
        if (snapshot.Fleet(name) is not { } fleet)
            return false;

        var numbers = totals.Of(fleet, now);
        update.Set("trouble", StatusText.Of(health.Of(name)));
        update.Set("online", numbers.OnlineText);
        update.Set("clients", numbers.ClientsText);
        update.Set("heading", FleetView.HeadingOf(numbers));
        update.Set("share", numbers.OnlinePercent);
        update.Set("received", numbers.ReceivedText);
        update.Set("sent", numbers.SentText);
        rows.AddChanges([fleet], snapshot.Domain, now, update);
        return true;
    }
}
