using System.Collections.Concurrent;
using WgFleet.Dashboard.Live;
using WgFleet.Fleets.State;
using WgFleet.History;

namespace WgFleet.Dashboard.FleetPages;

/// <summary>Counts a fleet's clients at most once a second, however many viewers there are.</summary>
internal sealed class TotalsCache(ActivityHistory history)
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new();

    public FleetTotals Of(FleetSnapshot fleet, DateTimeOffset now)
    {
        if (_entries.TryGetValue(fleet.Config.Name, out var last) && last.Fleet == fleet && (now - last.At).Duration() < LiveStream.Interval)
            return last.Totals;

        var totals = FleetTotals.Of(fleet, history, now);
        _entries[fleet.Config.Name] = new(fleet, now, totals);
        return totals;
    }

    private sealed record Entry(FleetSnapshot Fleet, DateTimeOffset At, FleetTotals Totals);
}
