using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Projections;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Hooks.Admin;

/// <summary>The operations of operators on the running hooks, a method for each command. Refuses unknown hooks and operations that a hook does not support.</summary>
internal sealed partial class HookAdmin(HookSet hooks, HookStore store, TimeProvider time)
{
    private const int MaxListed = 1000;
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(1);

    /// <summary>All configured hooks, active or not. Reads memory, and once a minute the number of dead letters from the database.</summary>
    public IReadOnlyList<HookInfo> All() => [.. hooks.Active.Select(HookInfo.Of), .. hooks.Inactive.Select(HookInfo.Of)];

    /// <summary>All hooks, also those that are no longer configured and have left something in the database. Blocks for the database.</summary>
    public IReadOnlyList<HookInfo> AllAndRemoved() => [.. All(), .. store.Names().Where(IsRemoved).Select(Removed)];

    /// <summary>One configured hook.</summary>
    public HookInfo Find(string name) => hooks.Find(name) is { } hook ? HookInfo.Of(hook) : HookInfo.Of(Definition(name));

    /// <summary>The effective settings of a hook, with the source of each.</summary>
    public IReadOnlyList<EffectiveSetting> Values(string name) => Definition(name).Effective;

    /// <summary>The latest deliveries of a hook, the last to end first. Blocks for the database, which finds them by an index.</summary>
    public IReadOnlyList<DeliveryInfo> Deliveries(string name, int limit)
    {
        Definition(name);
        var rows = new[] { DeliveryState.Done, DeliveryState.Dead, DeliveryState.Pending }.SelectMany(state => store.Deliveries(name, state, limit));
        return Infos([.. rows.Where(r => r.EndedAt > 0).OrderByDescending(r => r.EndedAt).Take(limit)]);
    }

    /// <summary>Pauses a hook: its events wait until it is resumed, also after a restart. Blocks for the database.</summary>
    public HookInfo Pause(string name, string? reason)
    {
        WithEvents(name).Worker.Pause(reason is { Length: > 0 } ? reason : "by an operator");
        return Find(name);
    }

    /// <summary>Resumes a paused hook. Blocks for the database.</summary>
    public HookInfo Resume(string name)
    {
        WithEvents(name).Worker.Pause(null);
        return Find(name);
    }

    /// <summary>Runs a projection as soon as its interval allows; completes when it has run.</summary>
    public async Task<HookInfo> RunAsync(string name, CancellationToken cancellationToken)
    {
        var projection = Projection(name, "run");
        projection.Request();
        try
        {
            if (await projection.UpToDateAsync(RunLimit).WaitAsync(RunLimit, time, cancellationToken))
                return Find(name);
        }
        catch (TimeoutException)
        {
            throw new RefusedException(Refusal.Conflict, $"'{name}' has not finished after {RunLimit.TotalSeconds:0} s; it keeps running");
        }

        throw new RefusedException(Refusal.Conflict, $"'{name}' failed: {projection.Health.LastFailure?.Error ?? "it is stuck"}");
    }

    /// <summary>What a projection would change in its files now, as unified diffs; empty if nothing.</summary>
    public Task<string> DiffAsync(string name, CancellationToken cancellationToken) => Projection(name, "diff").DiffAsync(cancellationToken);

    /// <summary>Waits until hooks have handled all events up to a number; returns the names of hooks that have not.</summary>
    /// <param name="sequence">The number.</param>
    /// <param name="name">The one hook; null for all active ones.</param>
    /// <param name="timeout">The longest to wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<string>> WaitAsync(long sequence, string? name, TimeSpan timeout, CancellationToken cancellationToken)
    {
        IReadOnlyList<Hook> asked = name is null ? hooks.Active : [Active(name)];
        var started = time.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(5);
        while (true)
        {
            var behind = asked.Where(h => !h.IsDone(sequence)).Select(h => h.Name).ToList();
            if (behind.Count == 0 || time.GetElapsedTime(started) >= timeout)
                return behind;

            // Polled, so that workers do not have to report each event for a rare command.
            await Task.Delay(pause, time, cancellationToken);
            pause = pause < TimeSpan.FromMilliseconds(200) ? pause * 2 : pause;
        }
    }

    /// <summary>Deletes what the database has of a hook that is no longer configured: its cursor, deliveries and dead letters. Blocks for the database.</summary>
    /// <returns>How many deliveries were deleted.</returns>
    public int Forget(string name)
    {
        if (hooks.Definitions.Any(h => h.Name == name))
            throw new RefusedException(Refusal.Conflict, $"hook '{name}' is configured; remove it from the configuration first, then restart or reload");

        return store.Forget(name)
            ?? throw new RefusedException(Refusal.NotFound, $"the database has nothing of a hook '{name}'; 'wg-fleet hooks list --all' lists the hooks that it has");
    }

    private bool IsRemoved(string name) => !hooks.Definitions.Any(h => h.Name == name);

    private HookInfo Removed(string name) => new()
    {
        Name = name,
        Kind = HookKind.Unknown.Text(),
        Source = "",
        Events = [],
        Origin = HookOrigin.Removed.Text(),
        Status = HookStatus.Inactive.Text(),
        Reason = $"no longer configured; 'wg-fleet hooks forget {name}' deletes what it left",
        Waiting = store.Count(name, DeliveryState.Pending),
        DeadLetters = store.Count(name, DeliveryState.Dead),
    };

    private HookDefinition Definition(string name) => hooks.Definitions.FirstOrDefault(h => h.Name == name)
        ?? throw new RefusedException(Refusal.NotFound, $"there is no hook '{name}'; there are: {string.Join(", ", hooks.Definitions.Select(h => h.Name))}");

    private Hook Active(string name) => hooks.Find(name)
        ?? throw new RefusedException(Refusal.Conflict, $"hook '{name}' is not active: {Definition(name).Inactive}");

    private EventHook WithEvents(string name) => Active(name) is var hook && hook is EventHook found
        ? found
        : throw new RefusedException(Refusal.Conflict, $"'{name}' is a {hook.Definition.KindName}, which gets no events; 'wg-fleet hooks diff {name}' shows what it would write, and 'enabled: false' in hooks.list disables it");

    private ProjectionHook Projection(string name, string command) => Active(name) is var hook && hook is ProjectionHook found
        ? found
        : throw new RefusedException(Refusal.Conflict, $"'{name}' is a {hook.Definition.KindName}, and '{command}' is for projections; 'wg-fleet hooks test {name}' gives it an event");

    private IReadOnlyList<DeliveryInfo> Infos(IReadOnlyList<DeliveryRow> rows)
    {
        var events = store.Events([.. rows.Select(r => r.Seq).Distinct()]).ToDictionary(e => e.Seq);
        return [.. rows.Select(row => new DeliveryInfo
        {
            Hook = row.Hook,
            Seq = row.Seq,
            Event = events.GetValueOrDefault(row.Seq)?.Type,
            EventId = events.GetValueOrDefault(row.Seq)?.Id,
            Subject = row.Subject,
            State = row.State.Text(),
            Attempts = row.Attempt,
            Code = row.Code,
            Error = row.Error,
            Response = row.Response,
            TookMs = row.TookMs,
            EndedAt = row.EndedAt == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.EndedAt),
        })];
    }
}
