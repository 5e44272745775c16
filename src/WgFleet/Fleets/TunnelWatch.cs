using WgFleet.Config;

namespace WgFleet.Fleets;

/// <summary>
/// Looks at every interface at least twice a minute: who is alive, what has to be mended; and saves when clients were last
/// heard of. A fleet that is slow to answer does not keep the others waiting.
/// </summary>
internal sealed partial class TunnelWatch(ServerConfig config, ClientRegistry registry, TimeProvider time, ILogger<TunnelWatch> log)
    : BackgroundService
{
    /// <summary>Traffic counts as life only between two looks, so a short prune_timeout needs frequent ones.</summary>
    private TimeSpan Interval => TimeSpan.FromSeconds(Math.Clamp(config.PruneTimeout.TotalSeconds / 4, 1, 20));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(config.Fleets.Select(f => WatchAsync(f.Name, stoppingToken)).Append(SaveAsync(stoppingToken)));

    private async Task WatchAsync(string fleet, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await registry.ObserveAsync(fleet, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Failed(log, fleet, e);
            }
        }
    }

    private async Task SaveAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await registry.SaveActivityAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Looking at fleet {Fleet} failed, will try again")]
        public static partial void Failed(ILogger log, string fleet, Exception e);
    }
}
