using System.Data.Common;
using WgFleet.Config;
using WgFleet.Fleets.State;
using WgFleet.Hosting;

namespace WgFleet;

/// <content>Runs one configuration after the other until the stop.</content>
internal sealed partial class Server
{
    /// <summary>
    /// Runs with one configuration after the other until the server is told to stop. Once it has answered requests, only a fatal fault ends it: if a
    /// configuration cannot start for another reason, it is tried again. A gateway ends when it has lost the lease, too.
    /// </summary>
    /// <returns>The last configuration that worked.</returns>
    /// <exception cref="StartupException">The server cannot start with its first configuration.</exception>
    /// <exception cref="FatalException">A part says that the process cannot continue.</exception>
    private async Task<ServerConfig> RunTurnsAsync(ServerConfig first, Kept kept, Func<WebApplication, Task>? started)
    {
        var (next, served, failures) = ((ServerConfig?)first, default(ServerConfig), 0);
        while (next is { } config)
        {
            try
            {
                next = await RunAsync(config, kept, app =>
                {
                    (served, failures) = (config, 0);
                    return started?.Invoke(app) ?? Task.CompletedTask;
                });
            }
            catch (OperationCanceledException) when (kept.Signals.Stopping.IsCancellationRequested)
            {
                return served ?? first;
            }
            catch (Exception e) when (served is not null && e is not FatalException && kept.Database.Fence is not { Token: null })
            {
                next = await AfterFailureAsync(config, served, ++failures, e, kept);
            }
        }

        return served ?? first;
    }

    /// <summary>The configuration to run after a failure: the last one that worked, at once if another one failed; null after a stop.</summary>
    private async Task<ServerConfig?> AfterFailureAsync(ServerConfig failed, ServerConfig served, int failures, Exception e, Kept kept)
    {
        kept.Reloads.Note([e.Message], []);
        if (failures == 1 && failed != served)
        {
            Log.NotRunnable(kept.Log, e.Message);
            return served;
        }

        var delay = Supervisor.Restarts.Delay(failures);
        Log.TryingAgain(kept.Log, delay.TotalSeconds, e);
        await Task.Delay(delay, _time, kept.Signals.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return kept.Signals.Stopping.IsCancellationRequested ? null : served;
    }

    // A stop goes on even if a part fails during it.
    private static async Task StopAsync(ILogger log, string part, Func<Task> stop)
    {
        try
        {
            await stop();
        }
        catch (Exception e)
        {
            Log.StopFailed(log, part, e);
        }
    }

    /// <summary>
    /// Waits until the server is told to stop or to reload or has lost the lease, and has stopped answering; returns the next configuration, null if there is none.
    /// </summary>
    /// <exception cref="FatalException">A part says that the process cannot continue.</exception>
    private async Task<ServerConfig?> NextAsync(ServerConfig config, Kept kept, WebApplication app, Supervisor supervisor)
    {
        using var stopped = new CancellationTokenSource();
        var next = ReloadedAsync(config, kept, stopped.Token);
        var shutdown = app.WaitForShutdownAsync();
        var fatal = supervisor.Fatal;
        var lost = kept.Database.Fence?.Lost ?? Task.Delay(Timeout.Infinite, stopped.Token);
        var first = await Task.WhenAny(shutdown, next, fatal, lost);
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

        await stopped.CancelAsync();
        if (first == lost && !kept.Signals.Stopping.IsCancellationRequested)
            return null;

        kept.Systemd.Stopping();
        kept.Listeners.Dispose();
        return null;
    }

    /// <summary>Waits for the next reload whose configuration is valid, and returns that configuration.</summary>
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
            else if (await ReadAsync(_configFile, config, kept, cancellationToken) is { } next)
            {
                Log.Reloading(kept.Log, _configFile);
                return next;
            }

            kept.Reloads.End();
            kept.Systemd.Ready("The last reload was refused; the previous configuration is in force");
        }
    }

    /// <summary>
    /// The configuration of the file, as soon as the database can be written, which a start needs. Until then the server keeps running, and the
    /// outcome of the reload says so. Null if the file has errors.
    /// </summary>
    private async Task<ServerConfig?> ReadAsync(string file, ServerConfig running, Kept kept, CancellationToken cancellationToken)
    {
        string? told = null;
        for (var failures = 1; ; failures++)
        {
            if (Reload.Read(file, running, kept.Written, kept.Reloads, kept.Log) is not { } next)
                return null;

            try
            {
                await Task.Run(kept.Database.CheckWritable, cancellationToken);
                return next;
            }
            catch (DbException e)
            {
                if (told != e.Message)
                    Log.ReloadWaits(kept.Log, told = e.Message);

                kept.Reloads.Note([$"the reload waits for the database: {e.Message}"], []);
                kept.Reloads.Wait();
                kept.Systemd.Ready("A reload waits for the database; the previous configuration is in force");
                await WaitAsync(Supervisor.Restarts.Delay(failures), kept.Reloads, cancellationToken);
            }
        }
    }

    /// <summary>Waits for some time, or for the next request for a reload.</summary>
    private async Task WaitAsync(TimeSpan time, ReloadRequests requests, CancellationToken cancellationToken)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asked = requests.BeginAsync(wait.Token);
        await Task.WhenAny(asked, Task.Delay(time, _time, wait.Token));
        await wait.CancelAsync();
        await asked.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Reports that requests are answered, after a start and after a reload: to systemd, to the log and to those who asked for the reload.</summary>
    private static void Ready(ServerConfig config, Kept kept, Snapshot snapshot)
    {
        var counts = $"{Count(config.Fleets.Count, "fleet")}, {Count(snapshot.Fleets.Sum(f => f.Count), "client")}";
        Log.Ready(kept.Log, ProductInfo.Version, string.Join(", ", config.Listen.Concat(config.Tls?.Listen ?? [])), counts);
        kept.Reloads.End();
        kept.Systemd.Ready(counts);
        kept.Systemd.StayAlive();

        static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
    }
}
