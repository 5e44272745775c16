using System.Globalization;
using WgFleet.Events;
using WgFleet.Fleets.State;
using WgFleet.Queries;
using WgFleet.Store;

namespace WgFleet.Dashboard.Live;

/// <summary>The page of events, as one viewer has asked for it: tells the number of the last event that is new there.</summary>
/// <param name="log">The log.</param>
/// <param name="filter">What the viewer asks for.</param>
/// <param name="after">The last event that there was when the page was made.</param>
internal sealed class LiveEventsPage(EventLog log, EventFilter filter, long after) : ILiveView
{
    /// <summary>Who is further behind than what the log has in memory is told so without looking.</summary>
    private const int Most = 1000;

    private long _at = after;
    private long _newest;

    public bool Tell(Snapshot snapshot, DateTimeOffset now, LiveUpdate news)
    {
        var head = log.Head;
        if (head - _at > Most)
            _newest = head;
        else if (log.After(_at, Most).LastOrDefault(filter.Matches) is { } last)
            _newest = last.Sequence;

        _at = Math.Max(_at, head);
        news.Put("newest", _newest.ToString(CultureInfo.InvariantCulture));
        return true;
    }
}
