using WgFleet.Hooks.Deliveries;
using WgFleet.Hooks.Projections;
using WgFleet.Fleets;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Hooks.Admin;

/// <summary>The operations of operators on the running hooks, a method for each command. Refuses unknown hooks and operations that a hook does not support.</summary>
/// <remarks>Reads memory, or the database off the caller's thread. Writes off the caller's thread too, one at a time.</remarks>
internal sealed partial class HookAdmin(HookSet hooks, RecordAct record, HookQueries queries, EventQueries events, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _writing = new(1);

    public const int MaxListed = 1000;
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(1);

    /// <summary>All configured hooks, active or not.</summary>
    public IReadOnlyList<HookInfo> All() => [.. hooks.Active.Select(HookInfo.Of), .. hooks.Inactive.Select(HookInfo.Of)];

    /// <summary>All hooks, also those that are no longer configured and have left something in the database.</summary>
    public async Task<IReadOnlyList<HookInfo>> AllAndRemovedAsync(CancellationToken cancellationToken) =>
        [.. All(), .. (await queries.BacklogsAsync(cancellationToken)).Where(b => hooks.Definitions.All(h => h.Name != b.Hook)).Select(Removed)];

    /// <summary>One configured hook.</summary>
    public HookInfo Find(string name) => hooks.Find(name) is { } hook ? HookInfo.Of(hook) : HookInfo.Of(Definition(name));

    /// <summary>The effective settings of a hook, with the source of each.</summary>
    public IReadOnlyList<EffectiveSetting> Values(string name) => Definition(name).Effective;

    /// <summary>The latest deliveries of a hook, the last to end first.</summary>
    public async Task<IReadOnlyList<DeliveryInfo>> DeliveriesAsync(string name, int limit, CancellationToken cancellationToken)
    {
        Definition(name);
        var found = await queries.DeliveriesAsync([name], [DeliveryState.Done, DeliveryState.Dead, DeliveryState.Pending], limit, cancellationToken);
        return [.. found.Where(d => d.Row.EndedAt > 0).OrderByDescending(d => d.Row.EndedAt).Take(limit).Select(Info)];
    }

    /// <summary>Pauses a hook: its events wait until it is resumed, also after a restart.</summary>
    public Task<HookInfo> PauseAsync(string name, string? reason, FleetOperator by) =>
        SetPausedAsync(name, reason is { Length: > 0 } ? reason : $"by {by.Name}", OperatorActed.By(by, OperatorActs.HookPaused) with { Hook = name, Detail = reason is { Length: > 0 } ? reason : null });

    /// <summary>Resumes a paused hook.</summary>
    public Task<HookInfo> ResumeAsync(string name, FleetOperator by) => SetPausedAsync(name, null, OperatorActed.By(by, OperatorActs.HookResumed) with { Hook = name });

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

    /// <summary>Deletes what the database has of a hook that is no longer configured: its cursor, deliveries and dead letters.</summary>
    /// <returns>How many deliveries were deleted.</returns>
    public async Task<int> ForgetAsync(string name, FleetOperator by)
    {
        if (hooks.Definitions.Any(h => h.Name == name))
            throw new RefusedException(Refusal.Conflict, $"hook '{name}' is configured; remove it from the configuration first, then restart or reload");

        return await InTurnAsync(async () =>
        {
            if (!(await queries.NamesAsync(CancellationToken.None)).Contains(name))
                throw new RefusedException(Refusal.NotFound, $"the database has nothing of a hook '{name}'; 'wg-fleet hooks list --all' lists the hooks that it has");

            var deleted = 0;
            await record(OperatorActed.By(by, OperatorActs.HookForgotten) with { Hook = name }, c => deleted = HookStore.Forget(c, name));
            return deleted;
        });
    }

    public void Dispose() => _writing.Dispose();

    /// <summary>Changes something. One operator at a time, so that what was looked at before is still so, and whoever sends many of these waits for himself.</summary>
    private async Task<T> InTurnAsync<T>(Func<Task<T>> change)
    {
        await _writing.WaitAsync();
        try
        {
            return await change();
        }
        finally
        {
            _writing.Release();
        }
    }

    private Task<HookInfo> SetPausedAsync(string name, string? reason, OperatorActed act)
    {
        var hook = WithEvents(name);
        return InTurnAsync(async () =>
        {
            // Resuming a hook that runs is no act.
            if (reason is not null || hook.Worker.Paused is not null)
                await hook.Worker.PauseAsync(reason, write => record(act, write));

            return Find(name);
        });
    }

    private static HookInfo Removed(HookBacklog hook) => new()
    {
        Name = hook.Hook,
        Kind = HookKind.Unknown.Text(),
        Source = "",
        Events = [],
        Origin = HookOrigin.Removed.Text(),
        Status = HookStatus.Inactive.Text(),
        Reason = $"no longer configured; 'wg-fleet hooks forget {hook.Hook}' deletes what it left",
        Waiting = (int)hook.Pending,
        DeadLetters = (int)hook.Dead,
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

    private static DeliveryInfo Info((DeliveryRow Row, EventRow? Event) delivery) => new()
    {
        Hook = delivery.Row.Hook,
        Seq = delivery.Row.Seq,
        Event = delivery.Event?.Type,
        EventId = delivery.Event?.Id,
        Subject = delivery.Row.Subject,
        State = delivery.Row.State.Text(),
        Attempts = delivery.Row.Attempt,
        Code = delivery.Row.Code,
        Error = delivery.Row.Error,
        Response = delivery.Row.Response,
        TookSeconds = delivery.Row.TookMs / 1000.0,
        EndedAt = delivery.Row.EndedAt == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(delivery.Row.EndedAt),
    };
}
