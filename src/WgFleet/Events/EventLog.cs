using WgFleet.Hooks;
using WgFleet.Metrics;
using WgFleet.Store;

namespace WgFleet.Events;

/// <summary>
/// The published events, by number: the latest from memory, older ones from the database. Any number of readers follow it,
/// each from its own place.
/// </summary>
internal sealed class EventLog(HookStore store)
{
    /// <summary>How many events stay in memory for those who follow closely.</summary>
    private const int TailLength = 4096;

    private readonly Lock _gate = new();

    // A ring: the oldest is at _first, numbers grow from there on, with gaps.
    private readonly FleetEvent[] _tail = new FleetEvent[TailLength];
    private int _first;
    private int _count;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _head;

    /// <summary>The number of the last published event.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>Begins behind what is published already.</summary>
    public void StartAt(long head) => Volatile.Write(ref _head, head);

    /// <summary>Takes over newly published events. Never blocks on the database.</summary>
    public void Append(IReadOnlyList<FleetEvent> events)
    {
        TaskCompletionSource more;
        lock (_gate)
        {
            foreach (var e in events)
            {
                if (_count == TailLength)
                    _first = (_first + 1) % TailLength;
                else
                    _count++;

                _tail[(_first + _count - 1) % TailLength] = e;
                _head = e.Sequence;
                FleetMeter.Appended(e.Type);
            }

            more = _more;
            _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        more.TrySetResult();
    }

    /// <summary>Up to <paramref name="limit"/> events behind a place, in order; empty when there are none.</summary>
    public IReadOnlyList<FleetEvent> After(long after, int limit)
    {
        long head;
        lock (_gate)
        {
            if (after >= _head)
                return [];

            if (_count > 0 && after >= At(0).Sequence - 1)
            {
                var from = IndexBehind(after);
                var found = new FleetEvent[Math.Min(limit, _count - from)];
                for (var i = 0; i < found.Length; i++)
                    found[i] = At(from + i);

                return found;
            }

            head = _head;
        }

        return [.. store.EventsAfter(after, head, limit).Select(EventJson.FromRow)];
    }

    /// <summary>One event; null if it is no longer kept.</summary>
    public FleetEvent? Find(long sequence)
    {
        lock (_gate)
        {
            if (_count > 0 && sequence >= At(0).Sequence)
                return IndexBehind(sequence - 1) is var at && at < _count && At(at).Sequence == sequence ? At(at) : null;
        }

        return store.Event(sequence) is { } row ? EventJson.FromRow(row) : null;
    }

    /// <summary>Completes when there is an event behind this place.</summary>
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

    private FleetEvent At(int index) => _tail[(_first + index) % TailLength];

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
}
