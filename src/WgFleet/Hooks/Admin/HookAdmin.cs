using WgFleet.Hooks.Discovery;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Hooks.Admin;

/// <summary>What operators may ask of the running hooks and do to them: a method for each command.</summary>
internal sealed partial class HookAdmin(HookEngine engine, HookStore store, TimeProvider time)
{
    private const int MostListed = 1000;

    /// <summary>All hooks. From memory, but for the count of dead letters once a minute.</summary>
    public IReadOnlyList<HookInfo> All() => [.. engine.Hooks.Select(Of)];

    /// <summary>One hook, in the same way.</summary>
    /// <exception cref="RefusedException">There is no such hook.</exception>
    public HookInfo Find(string name) => Of(Listing(name));

    /// <summary>What holds for a hook, and who says so.</summary>
    /// <exception cref="RefusedException">There is no such hook.</exception>
    public IReadOnlyList<EffectiveSetting> Values(string name) => Listing(name).Values;

    /// <summary>The latest deliveries of a hook, the last to end first. Blocks for the database, which finds them by an index.</summary>
    /// <exception cref="RefusedException">There is no such hook.</exception>
    public IReadOnlyList<DeliveryInfo> Deliveries(string name, int limit)
    {
        Listing(name);
        var rows = new[] { DeliveryRow.Done, DeliveryRow.Dead, DeliveryRow.Pending }.SelectMany(state => store.Deliveries(name, state, limit));
        return Told([.. rows.Where(r => r.EndedAt > 0).OrderByDescending(r => r.EndedAt).Take(limit)]);
    }

    /// <summary>Holds a hook's events back until it is resumed, also after a restart.</summary>
    /// <exception cref="RefusedException">There is no such hook, or it has nothing to hold back.</exception>
    public HookInfo Pause(string name, string? reason)
    {
        Lane(name).Pause(reason is { Length: > 0 } ? reason : "by an operator");
        return Find(name);
    }

    /// <summary>Lets a paused hook go on.</summary>
    /// <exception cref="RefusedException">There is no such hook, or it has nothing to hold back.</exception>
    public HookInfo Resume(string name)
    {
        Lane(name).Pause(null);
        return Find(name);
    }

    /// <summary>The latest dead letters of one hook or, by null, of all that ever ran here. Blocks for the database.</summary>
    /// <param name="name">The hook.</param>
    /// <param name="limit">The most of each.</param>
    /// <exception cref="RefusedException">There is no such hook.</exception>
    public IReadOnlyList<DeliveryInfo> DeadLetters(string? name, int limit = MostListed)
    {
        var names = store.Names();
        if (name is not null && !names.Contains(name))
            Lane(name);

        return [.. names.Where(n => name is null || n == name).SelectMany(n => Told(store.Deliveries(n, DeliveryRow.Dead, limit)))];
    }

    /// <summary>One dead letter.</summary>
    /// <exception cref="RefusedException">There is none of this number.</exception>
    public DeliveryInfo DeadLetter(string name, long sequence) =>
        store.Delivery(name, sequence) is { State: DeliveryRow.Dead } row
            ? Told([row])[0]
            : throw new RefusedException(Refusal.NotFound, $"hook '{name}' has no dead letter {sequence}; 'wg-fleet hooks deadletters list' shows those there are");

    /// <summary>Tries dead letters again; returns how many.</summary>
    /// <param name="name">The hook.</param>
    /// <param name="sequence">The one event; null for all.</param>
    /// <exception cref="RefusedException">There is no such hook, or no dead letter of that number.</exception>
    public int RetryDead(string name, long? sequence)
    {
        if (sequence is { } one)
            DeadLetter(name, one);

        return Lane(name).RetryDead(sequence);
    }

    /// <summary>Forgets dead letters, also those of a hook that is no longer there; returns how many.</summary>
    /// <param name="name">The hook.</param>
    /// <param name="sequence">The one event; null for all.</param>
    /// <exception cref="RefusedException">There is no such hook, or no dead letter of that number.</exception>
    public int DropDead(string name, long? sequence)
    {
        if (sequence is { } one)
            DeadLetter(name, one);

        return engine.Lanes.Lane(name) is null && store.Names().Contains(name) ? store.Drop(name, sequence) : Lane(name).DropDead(sequence);
    }

    /// <summary>Waits until hooks are done with all events up to a number; returns the names of those that are not, empty when all are.</summary>
    /// <param name="sequence">The number.</param>
    /// <param name="name">The one hook; null for all that are active.</param>
    /// <param name="timeout">The most to wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RefusedException">There is no such hook, or it is not active.</exception>
    public async Task<IReadOnlyList<string>> WaitAsync(long sequence, string? name, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var asked = name is null ? [.. engine.Hooks.Where(h => h.Inactive is null)] : new[] { Active(name) };
        var started = time.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(5);
        while (true)
        {
            var behind = asked.Where(h => !IsDone(h.Name, sequence)).Select(h => h.Name).ToList();
            if (behind.Count == 0 || time.GetElapsedTime(started) >= timeout)
                return behind;

            // Looked at now and then, so that lanes need not tell of every event for the sake of who seldom asks.
            await Task.Delay(pause, time, cancellationToken);
            pause = pause < TimeSpan.FromMilliseconds(200) ? pause * 2 : pause;
        }
    }

    private bool IsDone(string name, long sequence) =>
        engine.Projection(name) is { } projection
            ? projection.Projected >= sequence
            : engine.Lanes.CursorOf(name) >= sequence && engine.Lanes.Lane(name)?.HoldsUpTo(sequence) != true;

    private HookInfo Of(HookSummary hook)
    {
        if (hook.Inactive is not null)
            return HookInfo.Of(hook);

        var lag = engine.Projection(hook.Name) is { } projection
            ? engine.State.Sequence - projection.Projected
            : engine.Lanes.Events.Head - engine.Lanes.CursorOf(hook.Name);
        return HookInfo.Of(hook, engine.Lanes.Lane(hook.Name), Math.Max(0, lag));
    }

    private HookSummary Listing(string name) => engine.Hooks.FirstOrDefault(h => h.Name == name)
        ?? throw new RefusedException(Refusal.NotFound, $"there is no hook '{name}'; there are: {string.Join(", ", engine.Hooks.Select(h => h.Name))}");

    private HookSummary Active(string name)
    {
        var hook = Listing(name);
        return hook.Inactive is { } why ? throw new RefusedException(Refusal.Conflict, $"hook '{name}' is not active: {why}") : hook;
    }

    private Deliveries.DeliveryWorker Lane(string name)
    {
        var hook = Active(name);
        return engine.Lanes.Lane(name)
            ?? throw new RefusedException(Refusal.Conflict, $"'{name}' is a {hook.Kind}, which gets no single events; 'wg-fleet hooks diff {name}' shows what it would write, and 'enabled: false' in hooks.list stops it");
    }

    private IReadOnlyList<DeliveryInfo> Told(IReadOnlyList<DeliveryRow> rows)
    {
        var events = store.Events([.. rows.Select(r => r.Seq).Distinct()]).ToDictionary(e => e.Seq);
        return [.. rows.Select(row => new DeliveryInfo
        {
            Hook = row.Hook,
            Seq = row.Seq,
            Event = events.GetValueOrDefault(row.Seq)?.Type,
            EventId = events.GetValueOrDefault(row.Seq)?.Id,
            Subject = row.Subject,
            State = row.State,
            Attempts = row.Attempt,
            Code = row.Code,
            Error = row.Error,
            Response = row.Response,
            TookMs = row.TookMs,
            EndedAt = row.EndedAt == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.EndedAt),
        })];
    }
}
