using System.Collections.Immutable;
using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet.Fleets.Pruning;

/// <summary>
/// Holds a prune that would remove a large share of a fleet: if so many clients are silent at once, the cause is more likely the gateway, its
/// uplink or a power cut than the machines.
/// </summary>
internal sealed partial class PruneLimit(ServerConfig config, ClientRegistry registry, TimeProvider time, ILogger<PruneLimit> log)
{
    /// <summary>How long clients have to come back, after the last one that has: a machine whose ping failed tries again within two minutes.</summary>
    private static readonly TimeSpan Returning = TimeSpan.FromMinutes(3);

    // Higher than any number before a restart, so that an approval of an old prune does not approve a new one.
    private long _number = time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Whether the prune of these clients is held; logs it if that has changed.</summary>
    public async Task<bool> HoldsAsync(FleetSnapshot fleet, IReadOnlyList<long> stale)
    {
        // Pinned clients do not count: with them a large share would look small. Those that will be stale soon do: otherwise an outage would pass in several small prunes.
        var (name, count) = (fleet.Config.Name, fleet.ById.Values.Count(m => m.Pinned is null));
        var soon = stale.Count == 0 ? 0 : fleet.ById.Values.Count(registry.IsStaleSoon);
        var tooMany = count >= config.PruneLimitFrom && soon * 100L > (long)count * config.PruneLimit;
        var now = time.GetUtcNow();
        var lastReturn = LastReturn(fleet, stale, now);
        var returning = stale.Count > 0 && (now - lastReturn)?.Duration() < Returning;
        if (!tooMany && !returning)
        {
            if (fleet.Held is not null)
            {
                await registry.HoldAsync(name, null);
                Log.Released(log, name, stale.Count, Quantity.Of(count, "client"));
            }

            return false;
        }

        if (fleet.Held is { } held && held.Ids.SequenceEqual(stale))
            return true;

        // Clients come and go on every day: while the share is within the limit, only those count that the limit was about.
        ImmutableArray<long> away = tooMany ? [.. stale] : [.. fleet.Held!.Away.Intersect(stale)];
        await registry.HoldAsync(name, new HeldPrune(++_number, fleet.Held?.Since ?? now, lastReturn ?? now, away, [.. stale]));
        if (tooMany)
            Log.Held(log, name, stale.Count, Quantity.Of(count, "client"), soon > stale.Count ? $" now, and {soon - stale.Count} more soon" : "", config.PruneLimit, name);
        else
            Log.Waiting(log, name, stale.Count, Quantity.Of(count, "client"), (int)Returning.TotalMinutes);
        return true;
    }

    /// <summary>When clients of the held prune last came back; null if none is held.</summary>
    private static DateTimeOffset? LastReturn(FleetSnapshot fleet, IReadOnlyList<long> stale, DateTimeOffset now) =>
        fleet.Held is { } held && held.Away.Except(stale).Any(fleet.ById.ContainsKey) ? now : fleet.Held?.LastReturn;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Holding the prune of fleet {Fleet}: it would remove {Stale} of its {Clients}{Soon}, and one prune removes at most {Limit}%. No client is removed. If the clients are gone for good: wg-fleet prune allow {Name}")]
        public static partial void Held(ILogger log, string fleet, int stale, string clients, string soon, int limit, string name);

        [LoggerMessage(3, LogLevel.Information, "The prune of fleet {Fleet} stays held while its clients come back: {Stale} of its {Clients} are still stale, and are pruned when none has come back for {Minutes} minutes")]
        public static partial void Waiting(ILogger log, string fleet, int stale, string clients, int minutes);

        [LoggerMessage(2, LogLevel.Information, "The prune of fleet {Fleet} is no longer held: it would remove {Stale} of its {Clients}")]
        public static partial void Released(ILogger log, string fleet, int stale, string clients);
    }
}
