using WgFleet.Store.Engine;

namespace WgFleet.Store;

/// <summary>
/// How far each hook has come, and its deliveries, for the hooks' own loops. Progress is written without waiting for the disk: a crash of the process
/// loses nothing, a power cut may repeat the last deliveries. All methods block and throw <see cref="StoreException"/>; requests use <see cref="HookQueries"/>.
/// </summary>
internal sealed class HookStore(Database database)
{
    /// <summary>The hook's state; null if it has never run here.</summary>
    public HookStateRow? Find(string hook) => database.Read(c => HookStateTable.Find(c, hook));

    /// <summary>Inserts a new hook, with pending events for this hook only. Their numbers follow the last number.</summary>
    public void Create(string hook, long cursor, IReadOnlyList<EventRow> events) => database.Write(c =>
    {
        var sequence = EventTable.LastSequence(c);
        HookStateTable.Insert(c, new HookStateRow(hook, cursor, Paused: null));
        foreach (var e in events)
            (e.Seq, e.Hook) = (++sequence, hook);

        EventTable.Insert(c, events);
        DeliveryTable.Insert(c, hook, events.Select(e => new DeliveryRow { Hook = hook, Seq = e.Seq, Subject = e.Subject, State = DeliveryState.Pending, Replayed = true }));
    });

    /// <summary>
    /// Deletes everything about a hook that is no longer configured, in the transaction that is open: its cursor, its deliveries and the events for this hook only.
    /// </summary>
    /// <returns>How many deliveries were deleted.</returns>
    public static int Forget(Connection connection, string hook)
    {
        HookStateTable.Delete(connection, hook);
        connection.Execute("DELETE FROM events WHERE seq IN (SELECT seq FROM deliveries WHERE hook = $1) AND hook = $1", hook);
        return DeliveryTable.DeleteAll(connection, hook);
    }

    /// <summary>The highest event number ever given.</summary>
    public long LastSequence() => database.Read(EventTable.LastSequence);

    /// <summary>Pauses a hook with a reason, or resumes it with null.</summary>
    public void SetPaused(string hook, string? reason) => database.Write(c => HookStateTable.SetPaused(c, hook, reason));

    /// <summary>Moves cursors forward, never back.</summary>
    public void Advance(IEnumerable<string> hooks, long cursor) => Relaxed(c => HookStateTable.Advance(c, hooks, cursor));

    /// <summary>Inserts pending deliveries and moves the cursor past their events in one transaction. Existing deliveries stay as they are.</summary>
    public void Enqueue(string hook, IReadOnlyList<DeliveryRow> rows, long? cursor) => Relaxed(c =>
    {
        DeliveryTable.Insert(c, hook, rows);
        if (cursor is { } at)
            HookStateTable.Advance(c, [hook], at);
    });

    /// <summary>Saves pending deliveries, the results of attempts and the cursor in one transaction.</summary>
    /// <param name="hook">The hook.</param>
    /// <param name="waiting">Pending deliveries that have no row yet.</param>
    /// <param name="ended">Deliveries whose attempt has ended, and whether they are new, without a row.</param>
    /// <param name="cursor">The hook's new cursor; null leaves it.</param>
    /// <returns>The numbers of deliveries whose row was deleted in the meantime.</returns>
    public IReadOnlySet<long> Save(string hook, IReadOnlyList<DeliveryRow> waiting, IReadOnlyList<(DeliveryRow Row, bool IsNew)> ended, long? cursor) =>
        database.WriteRelaxed(c =>
        {
            DeliveryTable.Insert(c, hook, waiting.Concat(ended.Where(e => e.IsNew).Select(e => e.Row)));

            // Also those that were just inserted: a replay may have inserted them first.
            var gone = ended.Where(e => !DeliveryTable.Update(c, e.Row)).Select(e => e.Row.Seq).ToHashSet();
            if (cursor is { } at)
                HookStateTable.Advance(c, [hook], at);

            return gone;
        });

    /// <summary>Saves how an attempt ended; false if the delivery is no longer there.</summary>
    public bool Record(DeliveryRow row) => database.WriteRelaxed(c => DeliveryTable.Update(c, row));

    /// <summary>Saves how several attempts ended, in one transaction; the deliveries that are no longer there are returned.</summary>
    public IReadOnlyList<DeliveryRow> Record(IReadOnlyList<DeliveryRow> rows) => database.WriteRelaxed(c => rows.Where(row => !DeliveryTable.Update(c, row)).ToList());

    /// <summary>The deliveries of a hook that wait, in the order of their events.</summary>
    public IReadOnlyList<DeliveryRow> Waiting(string hook) => database.Read(c => DeliveryTable.Waiting(c, hook));

    /// <summary>How many deliveries of a hook are in a state.</summary>
    public int Count(string hook, DeliveryState state) => database.Read(c => DeliveryTable.Count(c, hook, state));

    /// <summary>Makes events pending again for a hook, marked as replayed. Pending ones stay as they are.</summary>
    /// <returns>The events that are pending again, and how many of them were dead letters.</returns>
    public (IReadOnlyList<EventRow> Waiting, int Dead) Replay(string hook, IReadOnlyList<EventRow> events) => database.WriteRelaxed(c =>
    {
        var waiting = new List<EventRow>();
        var dead = 0;
        foreach (var e in events)
        {
            var wasDead = DeliveryTable.Find(c, hook, e.Seq) is { State: DeliveryState.Dead };
            if (!DeliveryTable.Replay(c, hook, e))
                continue;

            waiting.Add(e);
            dead += wasDead ? 1 : 0;
        }

        return ((IReadOnlyList<EventRow>)waiting, dead);
    });

    /// <summary>The events for all hooks behind a number, in order, up to the last one published.</summary>
    public IReadOnlyList<EventRow> EventsAfter(long after, long upTo, int limit) => database.Read(c => EventTable.After(c, after, upTo, limit));

    /// <summary>One event; null if retention has deleted it.</summary>
    public EventRow? Event(long sequence) => database.Read(c => EventTable.Find(c, sequence));

    private void Relaxed(Action<Connection> write) => database.WriteRelaxed(c =>
    {
        write(c);
        return true;
    });
}
