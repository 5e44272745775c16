using WgFleet.Fleets.State;

namespace WgFleet.History;

/// <summary>Looks every few seconds at what the watch of WireGuard has noted of the clients, for the charts.</summary>
internal sealed class Sampler(Func<Snapshot> current, ActivityHistory history, TimeProvider time) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        history.Take(current());
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            history.Take(current());
    }
}
