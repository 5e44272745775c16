namespace WgFleet.Hooks.Deliveries;

/// <summary>
/// The pending deliveries of one hook in memory: one line per client, of which only the first may be under way. So the events of a client stay in
/// order, and a client whose delivery always fails delays no other client. Not safe for concurrent use.
/// </summary>
internal sealed class DeliveryQueue
{
    /// <summary>More than any wait before an attempt: the longest are of 24 h and their jitter.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromDays(2);

    private readonly Dictionary<string, Queue<Pending>> _lines = [];
    private readonly PriorityQueue<Pending, (DateTimeOffset DueAt, long Sequence)> _heads = new();
    private DateTimeOffset _now;

    /// <summary>How many wait or are under way.</summary>
    public int Count { get; private set; }

    /// <summary>How long until the next head is due; null if none waits.</summary>
    public TimeSpan? NextDue(DateTimeOffset now)
    {
        FollowClock(now);
        return _heads.TryPeek(out _, out var priority) ? Until(priority.DueAt, now) : null;
    }

    /// <summary>Whether something of this subject waits or is under way.</summary>
    public bool Holds(string subject) => _lines.ContainsKey(subject);

    /// <summary>Whether any event up to this number waits or is under way. Searches all of them.</summary>
    public bool HoldsUpTo(long sequence) => _lines.Values.Any(line => line.Any(d => d.Sequence <= sequence));

    /// <summary>Puts a delivery at the end of its client's line.</summary>
    public void Add(Pending delivery)
    {
        Count++;
        if (_lines.TryGetValue(delivery.Subject, out var line))
        {
            line.Enqueue(delivery);
            return;
        }

        _lines[delivery.Subject] = new Queue<Pending>([delivery]);
        Offer(delivery);
    }

    /// <summary>Takes the first delivery that is due; its line waits until <see cref="Retry"/> or <see cref="Finish"/>.</summary>
    public Pending? Take(DateTimeOffset now)
    {
        FollowClock(now);
        return _heads.TryPeek(out _, out var priority) && Until(priority.DueAt, now) <= TimeSpan.Zero ? _heads.Dequeue() : null;
    }

    /// <summary>Returns a delivery to the front of its line, to be taken again when it is due.</summary>
    public void Retry(Pending head) => Offer(head);

    /// <summary>Removes a delivery that has ended; the next one of its line may follow.</summary>
    public void Finish(Pending head)
    {
        Count--;
        var line = _lines[head.Subject];
        line.Dequeue();
        if (line.TryPeek(out var next))
            Offer(next);
        else
            _lines.Remove(head.Subject);
    }

    /// <summary>Drops waiting deliveries up to this number, except those under way.</summary>
    public void Forget(long upTo)
    {
        var heads = _heads.UnorderedItems.ToDictionary(h => h.Element.Subject, h => h.Element);
        _heads.Clear();
        foreach (var (subject, line) in _lines.ToList())
        {
            // A line whose head is not offered has it under way.
            var waits = heads.TryGetValue(subject, out var head);
            var kept = line.Where((delivery, place) => delivery.Sequence > upTo || (place == 0 && !waits)).ToList();
            Count -= line.Count - kept.Count;
            if (kept.Count == 0)
                _lines.Remove(subject);
            else
                _lines[subject] = new Queue<Pending>(kept);

            if (waits && kept.Count > 0)
                Offer(head!.Sequence > upTo ? head : kept[0]);
        }
    }

    /// <summary>When the clock was set back, all that waits is due earlier by as much, so that it waits no longer than it should.</summary>
    private void FollowClock(DateTimeOffset now)
    {
        var back = _now - now;
        _now = now;
        if (back <= TimeSpan.FromSeconds(1))
            return;

        var waiting = _heads.UnorderedItems.ToList();
        _heads.Clear();
        foreach (var (head, (due, sequence)) in waiting)
            _heads.Enqueue(head, (due - back, sequence));
    }

    // No delivery waits that long: the clock was set back, so the due time is wrong.
    private static TimeSpan Until(DateTimeOffset due, DateTimeOffset now) => due - now > MaxWait ? TimeSpan.Zero : due - now;

    private void Offer(Pending head) => _heads.Enqueue(head, (head.DueAt, head.Sequence));
}
