using System.Collections.Concurrent;
using WgFleet.Fleets.State;
using WgFleet.History;

namespace WgFleet.Dashboard.Live;

/// <summary>Counts a fleet's clients at most once a second, however many viewers want to know.</summary>
internal sealed class TotalsCache(ActivityHistory history)
{
    private readonly ConcurrentDictionary<string, Count> _last = new();

    public FleetTotals Of(FleetSnapshot fleet, DateTimeOffset now)
    {
        if (_last.TryGetValue(fleet.Config.Name, out var last) && last.Fleet == fleet && (now - last.At).Duration() < LiveStream.Pause)
            return last.Totals;

        var totals = FleetTotals.Of(fleet, history, now);
        _last[fleet.Config.Name] = new(fleet, now, totals);
        return totals;
    }

    private sealed record Count(FleetSnapshot Fleet, DateTimeOffset At, FleetTotals Totals);
}
