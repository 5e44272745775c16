using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hosting;

namespace WgFleet.Fleets.Pruning;

/// <summary>Removes stale clients, every prune interval.</summary>
internal sealed partial class Pruner(
    ServerConfig config, ClientRegistry registry, PruneLimit limit, ILogger<Pruner> log) : IDisposable
{
    /// <summary>Maximum number of clients per command, so that other commands get their turn.</summary>
    private const int BatchSize = 250;

    // An operator's approval and the periodic prune must not both decide about a fleet.
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Prunes all fleets once; returns how many clients were removed.</summary>
    public async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        var pruned = 0;
        foreach (var fleet in config.Fleets)
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                pruned += await PruneAsync(fleet.Name, cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // If one fleet fails, the others must still be pruned.
                Log.Failed(log, fleet.Name, e.Message);
            }
            finally
            {
                _turn.Release();
            }
        }

        if (pruned > 0)
            Log.Pruned(log, Quantity.Of(pruned, "stale client"));

        return pruned;
    }

    /// <summary>Approves a prune that is held: that one only, and of its clients only those that are still stale. Returns how many were removed.</summary>
    /// <param name="fleet">The fleet's name.</param>
    /// <param name="number">The number of the held prune.</param>
    /// <param name="by">The operator.</param>
    /// <param name="cancellationToken">Ends the wait for another prune; a prune that has begun is finished.</param>
    /// <exception cref="RefusedException">No prune is held, or another one is now, or the interface does not answer.</exception>
    public async Task<int> AllowAsync(string fleet, long number, FleetOperator by, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var found = registry.Current.Fleet(fleet) ?? throw new RefusedException(Refusal.NotFound, $"there is no fleet '{fleet}'");
            if (found.NoPrune is { } frozen)
                throw new RefusedException(Refusal.Conflict, frozen);

            if (found.Held is not { } held)
                throw new RefusedException(Refusal.Conflict, $"no prune of fleet '{fleet}' is held");

            if (held.Number != number)
                throw new RefusedException(Refusal.Conflict, "the held prune would now remove other clients; look again, with wg-fleet prune status");

            if (!await registry.ObserveAsync(fleet, CancellationToken.None))
                throw new RefusedException(Refusal.Unavailable, $"it is not known which clients are stale, because the interface of fleet '{fleet}' does not answer; try again when it does");

            var act = OperatorActed.By(by, OperatorActs.PruneAllowed) with { OnFleet = fleet, Detail = $"of {Quantity.Of(held.Ids.Length, "client")}" };
            var removed = await RemoveAsync(fleet, held.Ids, act);
            await registry.HoldAsync(fleet, null);
            Log.Allowed(log, fleet, by.Name, removed, Quantity.Of(held.Ids.Length, "client"));
            return removed;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<int> PruneAsync(string name, CancellationToken cancellationToken)
    {
        // A client that cannot be seen may be alive.
        if (!await registry.ObserveAsync(name, cancellationToken))
            return 0;

        var fleet = registry.Current.Fleet(name)!;
        if (fleet.Frozen is not null)
            return 0;

        var stale = fleet.ById.Values.Where(registry.IsStale).Select(m => m.Id).ToList();
        return await limit.HoldsAsync(fleet, stale) ? 0 : await RemoveAsync(name, stale, null);
    }

    private async Task<int> RemoveAsync(string fleet, IEnumerable<long> stale, OperatorActed? act)
    {
        var removed = 0;
        foreach (var (part, ids) in stale.Chunk(BatchSize).Index())
            removed += await registry.PruneAsync(fleet, ids, act?.Operator, part == 0 ? act : null);

        return removed;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Pruned {Clients}")]
        public static partial void Pruned(ILogger log, string clients);

        [LoggerMessage(2, LogLevel.Error, "Pruning fleet {Fleet} failed, will try again at the next prune: {Reason}")]
        public static partial void Failed(ILogger log, string fleet, string reason);

        [LoggerMessage(3, LogLevel.Warning, "The prune of fleet {Fleet} was allowed by {Operator}: {Removed} of {Held} removed")]
        public static partial void Allowed(ILogger log, string fleet, string @operator, int removed, string held);
    }
}
