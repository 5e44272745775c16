using System.Globalization;
using WgFleet.Hosting;
using WgFleet.Store;

namespace WgFleet.Hooks.Admin;

/// <summary><c>wg-fleet hooks deadletters</c>.</summary>
internal sealed partial class HookAdmin
{
    /// <summary>The latest dead letters of one hook or, with null, of all hooks that ever ran here.</summary>
    /// <param name="name">The hook.</param>
    /// <param name="limit">The most of each hook.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task<IReadOnlyList<DeliveryInfo>> DeadLettersAsync(string? name, int limit, CancellationToken cancellationToken)
    {
        var names = await queries.NamesAsync(cancellationToken);
        if (name is not null && !names.Contains(name))
            WithEvents(name);

        return [.. (await queries.DeliveriesAsync([.. names.Where(n => name is null || n == name)], [DeliveryState.Dead], limit, cancellationToken)).Select(Info)];
    }

    /// <summary>One dead letter.</summary>
    public async Task<DeliveryInfo> DeadLetterAsync(string name, long sequence, CancellationToken cancellationToken) =>
        await queries.DeliveryAsync(name, sequence, cancellationToken) is { Row.State: DeliveryState.Dead } found
            ? Info(found)
            : throw new RefusedException(Refusal.NotFound, $"hook '{name}' has no dead letter {sequence}; 'wg-fleet hooks deadletters list' shows those there are");

    /// <summary>Tries dead letters again; returns how many.</summary>
    /// <param name="name">The hook.</param>
    /// <param name="sequence">The one event; null for all.</param>
    /// <param name="by">Who does it.</param>
    public async Task<int> RetryDeadAsync(string name, long? sequence, FleetOperator by)
    {
        if (sequence is { } one)
            await DeadLetterAsync(name, one, CancellationToken.None);

        var worker = WithEvents(name).Worker;
        return await InTurnAsync(async () => worker.DeadLetters == 0
            ? 0
            : await worker.RetryDeadAsync(sequence, write => record(Act(OperatorActs.DeadLettersRetried, name, sequence, by), write)));
    }

    /// <summary>Deletes dead letters, those too of a hook that is no longer configured; returns how many.</summary>
    /// <param name="name">The hook.</param>
    /// <param name="sequence">The one event; null for all.</param>
    /// <param name="by">Who does it.</param>
    public async Task<int> DropDeadAsync(string name, long? sequence, FleetOperator by)
    {
        if (sequence is { } one)
            await DeadLetterAsync(name, one, CancellationToken.None);

        var act = Act(OperatorActs.DeadLettersDropped, name, sequence, by);
        if (hooks.Find(name) is null && (await queries.NamesAsync(CancellationToken.None)).Contains(name))
        {
            return await InTurnAsync(async () =>
            {
                var dropped = 0;
                if (await queries.DeliveriesAsync([name], [DeliveryState.Dead], 1, CancellationToken.None) is { Count: > 0 })
                    await record(act, c => dropped = DeliveryTable.DeleteDead(c, name, sequence));

                return dropped;
            });
        }

        var worker = WithEvents(name).Worker;
        return await InTurnAsync(async () => worker.DeadLetters == 0 ? 0 : await worker.DropDeadAsync(sequence, write => record(act, write)));
    }

    private static OperatorActed Act(string type, string hook, long? sequence, FleetOperator by) =>
        OperatorActed.By(by, type) with { Hook = hook, Detail = sequence is { } one ? string.Create(CultureInfo.InvariantCulture, $"event {one}") : "all" };
}
