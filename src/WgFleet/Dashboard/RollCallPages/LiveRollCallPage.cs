using System.Globalization;
using WgFleet.Config;
using WgFleet.Dashboard.Live;
using WgFleet.Fleets.State;
using WgFleet.Queries.RollCalls;

namespace WgFleet.Dashboard.RollCallPages;

/// <summary>An open page of a roll call: the state of each seat, the numbers and the verdict.</summary>
/// <param name="name">The fleet's name.</param>
internal sealed class LiveRollCallPage(string name) : ILiveView
{
    private Roster? _roster;

    public bool AddChanges(Snapshot snapshot, DateTimeOffset now, LiveUpdate update)
    {
        if (snapshot.Fleet(name) is not { Config.Roster: { } roster } fleet)
            return false;

        // The page has the seats of one roster: with another one it is loaded again.
        if (!ReferenceEquals(_roster ??= roster, roster))
        {
            update.Set("gone", "yes");
            return false;
        }

        var view = RollCallView.Of(RollCall.Of(fleet, now));
        update.Set("verdict", view.Verdict);
        update.Set("verdict state", view.State);
        update.Set("strangers", view.Unknown);
        foreach (var (key, _, number) in view.Numbers)
            update.Set($"number {key}", number);

        foreach (var seat in view.Seats)
        {
            var place = seat.Number.ToString(CultureInfo.InvariantCulture);
            update.Set($"seat {place}", seat.State);
            update.Set($"words {place}", seat.Words);
            update.Set($"found {place}", seat.Found);
        }

        return true;
    }
}
