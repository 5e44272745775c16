using WgFleet.Dashboard.Live;
using WgFleet.Events;
using WgFleet.Fleets.State;
using WgFleet.Queries;
using WgFleet.Store;

namespace WgFleet.Dashboard.EventPages;

/// <summary>An open page of events: reports the number of the last new event that matches. The browser then loads the list again.</summary>
/// <param name="log">The event log.</param>
/// <param name="filter">The events that the viewer asked for.</param>
/// <param name="after">The last event in the log when the page was made.</param>
internal sealed class LiveEventsPage(EventLog log, EventFilter filter, long after) : ILiveView
{
    /// <summary>A viewer who is further behind loads the list again, and the events are not checked.</summary>
    private const int MaxBehind = 1000;

    private long _position = after;
    private long _newest;

    public bool AddChanges(Snapshot snapshot, DateTimeOffset now, LiveUpdate update)
    {
        var head = log.Head;
        if (head - _position > MaxBehind || log.Recent(_position, MaxBehind) is not { } recent)
            _newest = head;
        else if (recent.Select(e => e.Event).LastOrDefault(filter.Matches) is { } last)
            _newest = last.Sequence;

        _position = Math.Max(_position, head);
        update.Set("newest", _newest.ToString());
        return true;
    }
}
