using WgFleet.Config;

namespace WgFleet.Registry;

/// <summary>Every prune interval, lets go of the clients that have gone quiet.</summary>
internal sealed partial class Pruner(ServerConfig config, ClientRegistry registry, TimeProvider time, ILogger<Pruner> log)
    : BackgroundService
{
    /// <summary>So many a turn of the writer: others get theirs in between.</summary>
    private const int Portion = 100;

    /// <summary>One sweep over all fleets; returns how many clients went.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var pruned = 0;
        foreach (var fleet in config.Fleets)
        {
            try
            {
                // Who cannot be seen may be alive.
                if (!await registry.ObserveAsync(fleet.Name, cancellationToken))
                    continue;

                var stale = registry.Current.Fleet(fleet.Name)!.ById.Values.Where(registry.IsStale).Select(m => m.Id).ToList();
                foreach (var ids in stale.Chunk(Portion))
                    pruned += await registry.RemoveAsync(fleet.Name, ids, registry.IsStale, "stale");
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // One fleet's trouble must not keep the others from being pruned.
                Log.Failed(log, fleet.Name, e.Message);
            }
        }

        if (pruned > 0)
            Log.Pruned(log, pruned);

        return pruned;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(config.PruneInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await SweepAsync(stoppingToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Pruned {Count} stale clients")]
        public static partial void Pruned(ILogger log, int count);

        [LoggerMessage(2, LogLevel.Error, "Pruning fleet {Fleet} failed, will try again at the next sweep: {Reason}")]
        public static partial void Failed(ILogger log, string fleet, string reason);
    }
}
