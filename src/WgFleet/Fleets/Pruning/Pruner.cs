using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet.Fleets.Pruning;

/// <summary>Every prune interval, lets go of the clients that have gone quiet.</summary>
internal sealed partial class Pruner(
    ServerConfig config, ClientRegistry registry, PruneLimit breaker, ILogger<Pruner> log) : IDisposable
{
    /// <summary>So many a turn of the writer: others get theirs in between.</summary>
    private const int Portion = 250;

    // An operator's word and the sweep of the hour must not both decide about a fleet.
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>One sweep over all fleets; returns how many clients went.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var pruned = 0;
        foreach (var fleet in config.Fleets)
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                pruned += await SweepAsync(fleet.Name, cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // One fleet's trouble must not keep the others from being pruned.
                Log.Failed(log, fleet.Name, e.Message);
            }
            finally
            {
                _turn.Release();
            }
        }

        if (pruned > 0)
            Log.Pruned(log, pruned);

        return pruned;
    }

    /// <summary>Lets a sweep through that is held: once, and only those of its clients that are still quiet. Returns how many went.</summary>
    /// <param name="fleet">The fleet's name.</param>
    /// <param name="sweep">The number of the sweep that is meant.</param>
    /// <param name="by">Who says so, for the log.</param>
    /// <param name="cancellationToken">Ends the wait for its turn; what has begun is finished.</param>
    /// <exception cref="RefusedException">No sweep is held, or another one by now, or nobody can tell who is quiet.</exception>
    public async Task<int> AllowAsync(string fleet, long sweep, string by, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var found = registry.Current.Fleet(fleet) ?? throw new RefusedException(Refusal.NotFound, $"there is no fleet '{fleet}'");
            if (found.Frozen is not null)
                throw new RefusedException(Refusal.Conflict, $"fleet '{fleet}' is frozen; thaw it first, with wg-fleet fleets thaw {fleet}");

            if (found.Held is not { } held)
                throw new RefusedException(Refusal.Conflict, $"no prune of fleet '{fleet}' is held");

            if (held.Number != sweep)
                throw new RefusedException(Refusal.Conflict, "other clients are to go by now; look again, with wg-fleet prune status");

            if (!await registry.ObserveAsync(fleet, CancellationToken.None))
                throw new RefusedException(Refusal.Unavailable, $"nobody knows who is quiet, since the interface of fleet '{fleet}' does not answer; try again when it does");

            var removed = await RemoveAsync(fleet, held.Ids, by);
            await registry.HoldAsync(fleet, null);
            Log.Allowed(log, fleet, by, removed, held.Ids.Length);
            return removed;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<int> SweepAsync(string name, CancellationToken cancellationToken)
    {
        // Who cannot be seen may be alive.
        if (!await registry.ObserveAsync(name, cancellationToken))
            return 0;

        var fleet = registry.Current.Fleet(name)!;
        if (fleet.Frozen is not null)
            return 0;

        var stale = fleet.ById.Values.Where(registry.IsStale).Select(m => m.Id).ToList();
        return await breaker.HoldsAsync(fleet, stale) ? 0 : await RemoveAsync(name, stale, null);
    }

    private async Task<int> RemoveAsync(string fleet, IEnumerable<long> stale, string? by)
    {
        var removed = 0;
        foreach (var ids in stale.Chunk(Portion))
            removed += await registry.PruneAsync(fleet, ids, by);

        return removed;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Pruned {Count} stale clients")]
        public static partial void Pruned(ILogger log, int count);

        [LoggerMessage(2, LogLevel.Error, "Pruning fleet {Fleet} failed, will try again at the next sweep: {Reason}")]
        public static partial void Failed(ILogger log, string fleet, string reason);

        [LoggerMessage(3, LogLevel.Warning, "The prune of fleet {Fleet} was let through by {Operator}: {Removed} of {Held} clients removed")]
        public static partial void Allowed(ILogger log, string fleet, string @operator, int removed, int held);
    }
}
