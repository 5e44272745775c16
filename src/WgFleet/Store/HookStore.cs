using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace WgFleet.Store;

/// <summary>
/// How far each hook has come, and its deliveries, in the same file as the clients. Written without waiting for the disk:
/// a crash of the process loses nothing, a power cut may repeat the last deliveries. All methods block.
/// </summary>
internal sealed class HookStore(FleetStore store)
{
    /// <summary>The hook's state; null if it has never run here.</summary>
    public HookStateRow? Find(string hook) => store.Read(db => db.HookStates.AsNoTracking().FirstOrDefault(s => s.Hook == hook));

    /// <summary>Enters a new hook, with events that are for it alone and wait to be delivered. Their numbers follow the last one given.</summary>
    public void Create(string hook, long cursor, IReadOnlyList<EventRow> events)
    {
        var sequence = store.LastSequence();
        store.Write(db =>
        {
            db.HookStates.Add(new HookStateRow { Hook = hook, Cursor = cursor });
            foreach (var row in events)
            {
                row.Seq = ++sequence;
                row.Hook = hook;
                db.Events.Add(row);
                db.Deliveries.Add(new DeliveryRow { Hook = hook, Seq = row.Seq, Subject = row.Subject, State = DeliveryRow.Pending, Replayed = true });
            }

            db.SaveChanges();
        });
    }

    /// <summary>How every hook stands that has ever run here.</summary>
    public IReadOnlyList<HookBacklog> Figures() => store.Read(db => db.Database.SqlQueryRaw<HookBacklog>(
        """
        SELECT s.hook AS Hook, s.paused AS Paused,
            (SELECT count(*) FROM events e WHERE e.seq > s.cursor AND e.hook IS NULL) AS Lag,
            (SELECT e.time FROM events e WHERE e.seq > s.cursor AND e.hook IS NULL ORDER BY e.seq LIMIT 1) AS Oldest,
            (SELECT count(*) FROM deliveries d WHERE d.hook = s.hook AND d.state = 'pending') AS Pending,
            (SELECT count(*) FROM deliveries d WHERE d.hook = s.hook AND d.state = 'dead') AS Dead
        FROM hook_state s
        """).ToList());

    /// <summary>The highest event number ever given.</summary>
    public long LastSequence() => store.LastSequence();

    /// <summary>Pauses a hook, or lets it go on (null).</summary>
    public void SetPaused(string hook, string? reason) => store.Write(db =>
        db.HookStates.Where(s => s.Hook == hook).ExecuteUpdate(set => set.SetProperty(s => s.Paused, reason)));

    /// <summary>Moves cursors forward, never back: one statement for all of them.</summary>
    public void Advance(IEnumerable<string> hooks, long cursor) => store.WriteQuickly(connection => Advance(connection, hooks, cursor));

    /// <summary>Enters deliveries that wait and moves the cursor past their events, both or neither. Ones that are there already stay as they are.</summary>
    public void Enqueue(string hook, IReadOnlyList<DeliveryRow> rows, long? cursor) => store.WriteQuickly(connection =>
    {
        using var insert = connection.CreateCommand();
        insert.CommandText =
            """
            INSERT INTO deliveries (hook, seq, subject, state, attempt, next_at, replayed, code, error, took_ms, ended_at)
            VALUES ($hook, $seq, $subject, 'pending', $attempt, $next, $replayed, $code, $error, $took, $ended) ON CONFLICT DO NOTHING
            """;
        foreach (var row in rows)
        {
            insert.Parameters.Clear();
            insert.Parameters.AddWithValue("$hook", hook);
            insert.Parameters.AddWithValue("$seq", row.Seq);
            insert.Parameters.AddWithValue("$subject", (object?)row.Subject ?? DBNull.Value);
            insert.Parameters.AddWithValue("$attempt", row.Attempt);
            insert.Parameters.AddWithValue("$next", row.NextAt);
            insert.Parameters.AddWithValue("$replayed", row.Replayed);
            insert.Parameters.AddWithValue("$code", (object?)row.Code ?? DBNull.Value);
            insert.Parameters.AddWithValue("$error", (object?)row.Error ?? DBNull.Value);
            insert.Parameters.AddWithValue("$took", row.TookMs);
            insert.Parameters.AddWithValue("$ended", row.EndedAt);
            insert.ExecuteNonQuery();
        }

        if (cursor is { } at)
            Advance(connection, [hook], at);
    });

    /// <summary>Writes how an attempt ended; false if the delivery is no longer there.</summary>
    public bool Record(DeliveryRow row)
    {
        var found = false;
        store.WriteQuickly(connection => found = Record(connection, row));
        return found;
    }

    /// <summary>The deliveries of a hook that wait, in the order of their events.</summary>
    public IReadOnlyList<DeliveryRow> Waiting(string hook) => store.Read(db =>
        db.Deliveries.AsNoTracking().Where(d => d.Hook == hook && d.State == DeliveryRow.Pending).OrderBy(d => d.Seq).ToList());

    /// <summary>The latest deliveries of a hook in that state, the last to end first.</summary>
    public IReadOnlyList<DeliveryRow> Deliveries(string hook, string state, int limit) => store.Read(db =>
        db.Deliveries.AsNoTracking().Where(d => d.Hook == hook && d.State == state).OrderByDescending(d => d.EndedAt).Take(limit).ToList());

    /// <summary>How many deliveries of a hook are in that state.</summary>
    public int Count(string hook, string state) => store.Read(db => db.Deliveries.Count(d => d.Hook == hook && d.State == state));

    /// <summary>The names of all hooks that have ever run here and are not forgotten.</summary>
    public IReadOnlyList<string> Names() => store.Read(db => db.HookStates.Select(s => s.Hook).Order().ToList());

    /// <summary>One delivery; null if there is none.</summary>
    public DeliveryRow? Delivery(string hook, long sequence) => store.Read(db =>
        db.Deliveries.AsNoTracking().FirstOrDefault(d => d.Hook == hook && d.Seq == sequence));

    /// <summary>The events of these numbers that are kept.</summary>
    public IReadOnlyList<EventRow> Events(IReadOnlyCollection<long> sequences) => store.Read(db =>
        db.Events.AsNoTracking().Where(e => sequences.Contains(e.Seq)).ToList());

    /// <summary>Makes dead letters wait again, from their first attempt on; returns them.</summary>
    /// <param name="hook">The hook.</param>
    /// <param name="sequence">The one event; null for all.</param>
    public IReadOnlyList<DeliveryRow> Revive(string hook, long? sequence)
    {
        IReadOnlyList<DeliveryRow> revived = [];
        store.Write(db =>
        {
            var dead = Dead(db, hook, sequence);
            revived = dead.AsNoTracking().OrderBy(d => d.Seq).ToList();
            dead.ExecuteUpdate(set => set
                .SetProperty(d => d.State, DeliveryRow.Pending).SetProperty(d => d.Attempt, 0).SetProperty(d => d.NextAt, 0L));
        });
        return revived;
    }

    /// <summary>Forgets dead letters; returns how many.</summary>
    /// <param name="hook">The hook.</param>
    /// <param name="sequence">The one event; null for all.</param>
    public int Drop(string hook, long? sequence)
    {
        var dropped = 0;
        store.Write(db => dropped = Dead(db, hook, sequence).ExecuteDelete());
        return dropped;
    }

    /// <summary>A hook's events, of one type or of all, in order; both ends belong to it.</summary>
    public IReadOnlyList<EventRow> EventsBetween(string hook, long from, long to, string? type, int limit) => store.Read(db =>
        db.Events.AsNoTracking().Where(e => e.Seq >= from && e.Seq <= to && (e.Hook == null || e.Hook == hook) && (type == null || e.Type == type))
            .OrderBy(e => e.Seq).Take(limit).ToList());

    /// <summary>The number of the event of that id, if it is for this hook or all; null if it is not kept.</summary>
    public long? SequenceOf(string hook, string id) => store.Read(db =>
        db.Events.Where(e => e.Id == id && (e.Hook == null || e.Hook == hook)).Select(e => (long?)e.Seq).FirstOrDefault());

    /// <summary>The number of the first event from a time on; null if there is none.</summary>
    public long? FirstSince(DateTimeOffset time) => store.Read(db =>
        db.Events.Where(e => e.Time >= time.UtcDateTime).OrderBy(e => e.Seq).Select(e => (long?)e.Seq).FirstOrDefault());

    /// <summary>The last events that were for all hooks, in order.</summary>
    public IReadOnlyList<EventRow> LatestEvents(int limit) => store.Read(db =>
        db.Events.AsNoTracking().Where(e => e.Hook == null).OrderByDescending(e => e.Seq).Take(limit).ToList()).AsEnumerable().Reverse().ToList();

    /// <summary>Makes events wait again for a hook, marked as replayed. Those that wait already stay as they are.</summary>
    /// <returns>Those that wait again, and how many of them were dead letters.</returns>
    public (IReadOnlyList<EventRow> Waiting, int Dead) Replay(string hook, IReadOnlyList<EventRow> events)
    {
        var waiting = new List<EventRow>();
        var dead = 0;
        store.WriteQuickly(connection =>
        {
            using var replay = connection.CreateCommand();
            replay.CommandText =
                """
                INSERT INTO deliveries (hook, seq, subject, state, attempt, next_at, replayed, took_ms, ended_at)
                VALUES ($hook, $seq, $subject, 'pending', 0, 0, 1, 0, 0)
                ON CONFLICT (hook, seq) DO UPDATE SET state = 'pending', attempt = 0, next_at = 0, replayed = 1 WHERE state <> 'pending'
                """;
            using var look = connection.CreateCommand();
            look.CommandText = "SELECT state FROM deliveries WHERE hook = $hook AND seq = $seq";
            foreach (var row in events)
            {
                look.Parameters.Clear();
                look.Parameters.AddWithValue("$hook", hook);
                look.Parameters.AddWithValue("$seq", row.Seq);
                var before = look.ExecuteScalar() as string;
                replay.Parameters.Clear();
                replay.Parameters.AddWithValue("$hook", hook);
                replay.Parameters.AddWithValue("$seq", row.Seq);
                replay.Parameters.AddWithValue("$subject", (object?)row.Subject ?? DBNull.Value);
                if (replay.ExecuteNonQuery() == 0)
                    continue;

                waiting.Add(row);
                dead += before == DeliveryRow.Dead ? 1 : 0;
            }
        });
        return (waiting, dead);
    }

    /// <summary>The events for all hooks behind a place, in order, up to the last one published.</summary>
    public IReadOnlyList<EventRow> EventsAfter(long after, long upTo, int limit) => store.Read(db =>
        db.Events.AsNoTracking().Where(e => e.Seq > after && e.Seq <= upTo && e.Hook == null)
            .OrderBy(e => e.Seq).Take(limit).ToList());

    /// <summary>One event; null if retention has taken it.</summary>
    public EventRow? Event(long sequence) => store.Read(db => db.Events.AsNoTracking().FirstOrDefault(e => e.Seq == sequence));

    private static IQueryable<DeliveryRow> Dead(FleetDb db, string hook, long? sequence) =>
        db.Deliveries.Where(d => d.Hook == hook && d.State == DeliveryRow.Dead && (sequence == null || d.Seq == sequence));

    private static bool Record(SqliteConnection connection, DeliveryRow row)
    {
        using var update = connection.CreateCommand();
        update.CommandText =
            """
            UPDATE deliveries SET state = $state, attempt = $attempt, next_at = $next, code = $code, error = $error,
            response = $response, took_ms = $took, ended_at = $ended WHERE hook = $hook AND seq = $seq
            """;
        update.Parameters.AddWithValue("$hook", row.Hook);
        update.Parameters.AddWithValue("$seq", row.Seq);
        update.Parameters.AddWithValue("$state", row.State);
        update.Parameters.AddWithValue("$attempt", row.Attempt);
        update.Parameters.AddWithValue("$next", row.NextAt);
        update.Parameters.AddWithValue("$code", (object?)row.Code ?? DBNull.Value);
        update.Parameters.AddWithValue("$error", (object?)row.Error ?? DBNull.Value);
        update.Parameters.AddWithValue("$response", (object?)row.Response ?? DBNull.Value);
        update.Parameters.AddWithValue("$took", row.TookMs);
        update.Parameters.AddWithValue("$ended", row.EndedAt);
        return update.ExecuteNonQuery() > 0;
    }

    private static void Advance(SqliteConnection connection, IEnumerable<string> hooks, long cursor)
    {
        using var advance = connection.CreateCommand();
        advance.CommandText = "UPDATE hook_state SET cursor = $cursor WHERE cursor < $cursor AND hook IN (SELECT value FROM json_each($hooks))";
        advance.Parameters.AddWithValue("$hooks", JsonSerializer.Serialize(hooks));
        advance.Parameters.AddWithValue("$cursor", cursor);
        advance.ExecuteNonQuery();
    }
}
