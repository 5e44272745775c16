using WgFleet.Metrics;
using WgFleet.Registry;
using WgFleet.Store;

namespace WgFleet.Hooks;

/// <summary>
/// The published events, by number: the latest from memory, older ones from the database. Any number of readers follow it,
/// each from its own place.
/// </summary>
internal sealed class EventLog(HookStore store)
{
    /// <summary>How many events stay in memory for those who follow closely.</summary>
    private const int TailLength = 4096;

    private readonly Lock _gate = new();
    private readonly Queue<FleetEvent> _tail = new(TailLength);
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
                if (_tail.Count == TailLength)
                    _tail.Dequeue();

                _tail.Enqueue(e);
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

            if (_tail.TryPeek(out var oldest) && after >= oldest.Sequence - 1)
                return [.. _tail.Where(e => e.Sequence > after).Take(limit)];

            head = _head;
        }

        return [.. store.EventsAfter(after, head, limit).Select(EventJson.FromRow)];
    }

    /// <summary>One event; null if it is no longer kept.</summary>
    public FleetEvent? Find(long sequence)
    {
        lock (_gate)
        {
            if (_tail.TryPeek(out var oldest) && sequence >= oldest.Sequence)
                return _tail.FirstOrDefault(e => e.Sequence == sequence);
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
}
