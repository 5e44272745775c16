using WgFleet.Config;
using WgFleet.Fleets.State;

namespace WgFleet.Fleets.Pruning;

/// <summary>
/// Holds a sweep that would remove a large share of a fleet: where so many go quiet at once, it is the gateway, its line or a
/// power cut more often than the machines.
/// </summary>
internal sealed partial class PruneLimit(ServerConfig config, ClientRegistry registry, TimeProvider time, ILogger<PruneLimit> log)
{
    // Beyond any that a server before this one gave, lest the word for one of those lets another sweep through.
    private long _number = time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Whether these clients must not go now; says so where that has changed.</summary>
    public async Task<bool> HoldsAsync(FleetSnapshot fleet, IReadOnlyList<long> stale)
    {
        // Those who stay in any case would make a share look small that is not.
        var (name, count) = (fleet.Config.Name, fleet.ById.Values.Count(m => m.Pinned is null));
        if (count < config.PruneLimitFrom || stale.Count * 100L <= (long)count * config.PruneLimit)
        {
            if (fleet.Held is not null)
            {
                await registry.HoldAsync(name, null);
                Log.Released(log, name, stale.Count, count);
            }

            return false;
        }

        if (fleet.Held is { } held && held.Ids.SequenceEqual(stale))
            return true;

        await registry.HoldAsync(name, new HeldPrune(++_number, fleet.Held?.Since ?? time.GetUtcNow(), [.. stale]));
        Log.Held(log, name, stale.Count, count, config.PruneLimit, name);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Holding the prune of fleet {Fleet}: {Stale} of its {Count} clients are quiet, and one sweep removes {Limit}% at most. Nobody is removed. If they are gone for good: wg-fleet prune allow {Name}")]
        public static partial void Held(ILogger log, string fleet, int stale, int count, int limit, string name);

        [LoggerMessage(2, LogLevel.Information, "The prune of fleet {Fleet} is no longer held: {Stale} of its {Count} clients are quiet")]
        public static partial void Released(ILogger log, string fleet, int stale, int count);
    }
}
