using System.Globalization;
using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet;

/// <content>From one configuration to the next, or to the end.</content>
internal sealed partial class Server
{
    /// <summary>Waits until the server is told to stop or to reload, and has stopped answering; returns the configuration to go on with.</summary>
    /// <exception cref="FatalException">A part says that the process cannot go on.</exception>
    private async Task<ServerConfig?> NextAsync(ServerConfig config, Kept kept, WebApplication app, Supervisor supervisor)
    {
        using var stopped = new CancellationTokenSource();
        var next = ReloadedAsync(config, kept, stopped.Token);
        var shutdown = app.WaitForShutdownAsync();
        var fatal = supervisor.Fatal;
        var first = await Task.WhenAny(shutdown, next, fatal);
        if (first == fatal)
        {
            await supervisor.StopAsync();
            throw await fatal;
        }

        var isReload = first == next && !kept.Signals.Stopping.IsCancellationRequested;
        app.Lifetime.StopApplication();
        await shutdown;
        if (isReload && !kept.Signals.Stopping.IsCancellationRequested)
            return await next;

        kept.Systemd.Stopping();
        await stopped.CancelAsync();
        kept.Listeners.Dispose();
        return null;
    }

    /// <summary>The configuration after the next request for a reload that finds a good one.</summary>
    private async Task<ServerConfig> ReloadedAsync(ServerConfig config, Kept kept, CancellationToken cancellationToken)
    {
        while (true)
        {
            await kept.Reloads.BeginAsync(cancellationToken);
            kept.Systemd.Reloading();
            if (_configFile is null)
            {
                kept.Reloads.Note(["this server was started without a configuration file"], []);
            }
            else if (Reload.Read(_configFile, config, kept.Reloads, kept.Log) is { } next)
            {
                Log.Reloading(kept.Log, _configFile);
                return next;
            }

            kept.Reloads.End();
            kept.Systemd.Ready("The last reload was refused; the configuration before is in force");
        }
    }

    /// <summary>Tells everybody who waits for it that requests are answered, after a start as after a reload.</summary>
    private static void Ready(ServerConfig config, Kept kept, Snapshot snapshot)
    {
        var counts = $"{Count(config.Fleets.Count, "fleet")}, {Count(snapshot.Fleets.Sum(f => f.Count), "client")}";
        Log.Ready(kept.Log, ProductInfo.Version, string.Join(", ", config.Listen.Concat(config.Tls?.Listen ?? [])), counts);
        kept.Reloads.End();
        kept.Systemd.Ready(counts);
        kept.Systemd.StayAlive();

        static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
    }
}
