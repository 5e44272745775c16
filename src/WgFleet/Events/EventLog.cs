using WgFleet.Hooks;
using WgFleet.Metrics;
using WgFleet.Store;

namespace WgFleet.Events;

/// <summary>
/// The published events by number: the latest from memory, older ones from the database. Any number of readers can follow the log, each from
/// its own position. Safe for concurrent use.
/// </summary>
internal sealed partial class EventLog(HookStore store, EventQueries queries, ILogger<EventLog> log)
{
    /// <summary>How many events stay in memory, for readers that are not far behind.</summary>
    private const int TailLength = 4096;

    private readonly Lock _gate = new();

    // Types that this program does not know, each of which is logged once.
    private readonly HashSet<string> _unknown = [];

    // A ring buffer: the oldest is at _first, numbers grow from there on, with gaps.
    private readonly StoredEvent[] _tail = new StoredEvent[TailLength];
    private int _first;
    private int _count;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _head;

    /// <summary>The number of the last published event.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>Starts after the events that an earlier process has published.</summary>
    public void StartAt(long head) => Volatile.Write(ref _head, head);

    /// <summary>Takes newly published events. Never blocks for the database.</summary>
    /// <param name="events">The events, in order.</param>
    /// <param name="rows">Their rows, in order; there may be other rows in between, and rows may be missing.</param>
    public void Append(IReadOnlyList<FleetEvent> events, IReadOnlyList<EventRow>? rows = null)
    {
        TaskCompletionSource more;
        lock (_gate)
        {
            var row = 0;
            foreach (var e in events)
            {
                while (rows is not null && row < rows.Count && rows[row].Seq < e.Sequence)
                    row++;

                var stored = rows is not null && row < rows.Count && rows[row].Seq == e.Sequence ? new StoredEvent(e, rows[row].Data) : StoredEvent.Of(e);
                if (_count == TailLength)
                    _first = (_first + 1) % TailLength;
                else
                    _count++;

                _tail[(_first + _count - 1) % TailLength] = stored;
                _head = e.Sequence;
                FleetMeter.Appended(e.Type);
            }

            more = _more;
            _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        more.TrySetResult();
    }

    /// <summary>Up to <paramref name="limit"/> events after a position, in order; empty if there are none. For the loops of hooks: blocks unless they are in memory.</summary>
    public IReadOnlyList<StoredEvent> After(long after, int limit) => Recent(after, limit) ?? [.. store.EventsAfter(after, Head, limit).Select(Read)];

    /// <summary>The same for requests: what is not in memory is read off the caller's thread.</summary>
    public async Task<IReadOnlyList<StoredEvent>> AfterAsync(long after, int limit, CancellationToken cancellationToken) =>
        Recent(after, limit) ?? [.. (await queries.AfterAsync(after, Head, limit, cancellationToken)).Select(Read)];

    /// <summary>One event; null if it is no longer kept. For the loops of hooks: blocks unless it is in memory.</summary>
    public StoredEvent? Find(long sequence)
    {
        lock (_gate)
        {
            if (_count > 0 && sequence >= At(0).Sequence)
                return IndexBehind(sequence - 1) is var at && at < _count && At(at).Sequence == sequence ? At(at) : null;
        }

        return store.Event(sequence) is { } row ? Read(row) : null;
    }

    /// <summary>Up to <paramref name="limit"/> events after a position, if all after it are in memory; else null. Never blocks.</summary>
    public IReadOnlyList<StoredEvent>? Recent(long after, int limit)
    {
        lock (_gate)
        {
            if (after >= _head)
                return [];

            if (_count > 0 && after >= At(0).Sequence - 1)
            {
                var from = IndexBehind(after);
                var found = new StoredEvent[Math.Min(limit, _count - from)];
                for (var i = 0; i < found.Length; i++)
                    found[i] = At(from + i);

                return found;
            }

            return null;
        }
    }

    /// <summary>Completes when there is an event after this position.</summary>
    public async Task WaitAsync(long after, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (_head > after)
                    return;

                more = _more.Task;
            }

            await more.WaitAsync(cancellationToken);
        }
    }

    private StoredEvent Read(EventRow row)
    {
        var read = StoredEvent.Of(row);
        if (read.Event is UnknownEvent unknown)
        {
            FleetMeter.Unknown(unknown.Type);
            lock (_gate)
            {
                if (!_unknown.Add(unknown.Type))
                    return read;
            }

            Log.Unknown(log, unknown.Sequence, unknown.Type, unknown.Problem);
        }

        return read;
    }

    private StoredEvent At(int index) => _tail[(_first + index) % TailLength];

    /// <summary>The index of the first event in memory with a higher number; their count if there is none.</summary>
    private int IndexBehind(long sequence)
    {
        var (low, high) = (0, _count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (At(middle).Sequence > sequence)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Event {Sequence} of type '{Type}' is unknown: {Problem}. No hook gets it; further events of this type are skipped without a log line")]
        public static partial void Unknown(ILogger log, long sequence, string type, string problem);
    }
}
