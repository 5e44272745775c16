using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Fleets;
using WgFleet.Hosting;
using WgFleet.Http;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Opening;
using WgFleet.Store.Postgres;
using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet;

/// <content>One of several gateways: it stands by, takes the lease, serves the fleets while it holds it, and stands by again.</content>
internal sealed partial class Server
{
    /// <summary>Time between two attempts to take the lease: the longest that a lease which was given back stays free.</summary>
    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a gateway that cannot serve leaves the lease to others before it tries again.</summary>
    private static readonly TimeSpan UnfitPause = TimeSpan.FromSeconds(5);

    // Until the event log has it.
    private TakenLease? _taken;

    /// <exception cref="StartupException">This gateway cannot serve the fleets.</exception>
    /// <exception cref="FatalException">A part says that the process cannot continue.</exception>
    private async Task RunAsGatewayAsync(WriteFence fence, Kept kept, Func<WebApplication, Task>? started)
    {
        using var lease = ConfiguredDatabase.LeaseOf(_config, fence, _time);
        using var gauge = new LeaseGauge(fence);
        var keys = new SharedKeys(kept.Database, KeySeal.Read(_config.Gateway!.KeyFile));
        keys.Bring(_config);
        await using var supervisor = new Supervisor(_time, kept.Logs.CreateLogger<Supervisor>());
        supervisor.Every("lease", lease.Pace, _ => RenewAsync(lease, kept.Log));
        var config = _config;
        try
        {
            while (!kept.Signals.Stopping.IsCancellationRequested)
            {
                (config, _taken) = await StandByAsync(config, lease, keys, kept);
                if (_taken is not { } taken)
                    return;

                Log.TookOver(kept.Log, fence.Gateway, taken.Token.Epoch, Cause(taken));
                config = await ServeAsync(config, fence, kept with { FleetKeys = keys }, started);
            }
        }
        finally
        {
            GiveBack(lease, kept.Log);
        }
    }

    /// <summary>Serves the fleets until the server is told to stop or the lease is lost; returns the last configuration.</summary>
    private async Task<ServerConfig> ServeAsync(ServerConfig config, WriteFence fence, Kept kept, Func<WebApplication, Task>? started)
    {
        try
        {
            // Another gateway may have written since.
            kept.Database.StartOver();
            var written = new WrittenFileStore(kept.Database);
            RefuseFilesOfOthers(written, kept.Contents);
            config = await RunTurnsAsync(config, kept with { Written = written }, started);
        }
        catch (Exception e) when (e is not FatalException && fence.Token is null)
        {
            Log.LostAtStart(kept.Log, e.Message);
        }

        if (fence.Token is null && !kept.Signals.Stopping.IsCancellationRequested)
            Log.Lost(kept.Log, fence.Gateway);

        return config;
    }

    /// <summary>Answers that this gateway stands by, until it has the lease or is told to stop. Returns the configuration, which a reload may have changed, and the lease.</summary>
    private async Task<(ServerConfig Config, TakenLease? Taken)> StandByAsync(ServerConfig config, GatewayLease lease, SharedKeys keys, Kept kept)
    {
        var name = config.Gateway!.Name;
        var state = new StandbyState(name);
        if (await TryTakeAsync(config, lease, keys, state, kept) is { } free)
            return (config, free);

        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(kept.Signals.Stopping);
        var reload = kept.Reloads.BeginAsync(leaving.Token);
        await using var app = StandbyApp(config, state, kept);
        await app.StartAsync();
        state.IsListening = true;
        Log.StandsBy(kept.Log, state.Text);
        kept.Reloads.End();
        kept.Systemd.Ready(state.Text);
        kept.Systemd.StayAlive();
        TakenLease? taken = null;
        while (taken is null && !leaving.IsCancellationRequested)
        {
            await Task.Delay(state.Pause, _time, leaving.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (leaving.IsCancellationRequested)
                break;

            if (reload.IsCompletedSuccessfully)
                (config, reload) = (ReadAgain(config, state, kept), kept.Reloads.BeginAsync(leaving.Token));

            taken = await TryTakeAsync(config, lease, keys, state, kept);
        }

        await leaving.CancelAsync();
        await reload.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (reload.IsCompletedSuccessfully)
            config = ReadAgain(config, state, kept);

        if (kept.Signals.Stopping.IsCancellationRequested)
        {
            kept.Systemd.Stopping();
            kept.Listeners.Dispose();
        }

        await app.StopAsync(CancellationToken.None);
        return (config, taken);
    }

    /// <summary>Takes the lease if it can be taken and this gateway can serve the fleets. Takes the interfaces down once another gateway has the lease.</summary>
    private async Task<TakenLease?> TryTakeAsync(ServerConfig config, GatewayLease lease, SharedKeys keys, StandbyState state, Kept kept)
    {
        try
        {
            state.Pause = AskInterval;
            if (await Task.Run(lease.TryTake) is { } taken)
            {
                await Task.Run(() => keys.Bring(config));
                return taken;
            }

            var holder = await Task.Run(lease.Holder);
            if (state.HeldBy(holder) && state.IsListening)
                Log.StandsBy(kept.Log, state.Text);

            if (holder.Length > 0 && holder != config.Gateway!.Name && !state.IsDown)
            {
                await TakeDownAsync(config, kept);
                state.IsDown = true;
            }
        }
        catch (Exception e) when (e is StoreException or StartupException or WireGuardException or TunnelException)
        {
            // Others may take the lease meanwhile.
            if (e is StartupException)
            {
                state.Pause = UnfitPause;
                GiveBack(lease, kept.Log);
            }

            if (state.Fails(e.Message))
                Log.StandbyTrouble(kept.Log, state.Text);
        }

        return null;
    }

    /// <summary>Removes the fleets' interfaces, whose clients have their tunnels with another gateway now.</summary>
    private async Task TakeDownAsync(ServerConfig config, Kept kept)
    {
        kept.Links.Clear();
        foreach (var fleet in config.Fleets)
        {
            var tunnel = new FleetTunnel(fleet.Tunnel, config.WireGuardDirectory, kept.WireGuard, kept.Interfaces, _programs, kept.Logs.CreateLogger<FleetTunnel>());
            await tunnel.TakeDownAsync(kept.Signals.Stopping);
        }
    }

    private static WebApplication StandbyApp(ServerConfig config, StandbyState state, Kept kept)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        kept.Logging(builder.Logging);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var proxies = new TrustedProxies(config.TrustedProxies);
        builder.Services.AddSingleton(proxies);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        kept.Listeners.Use(builder.WebHost, proxies);
        var app = builder.Build();
        app.AnswerAsStandby(() => state.Text, kept.Metrics, config.MetricsAllow);
        return app;
    }

    private ServerConfig ReadAgain(ServerConfig config, StandbyState state, Kept kept)
    {
        kept.Systemd.Reloading();
        if (_configFile is null)
            kept.Reloads.Note(["this server was started without a configuration file"], []);
        else
            config = Reload.Read(_configFile, config, kept.Written, kept.Reloads, kept.Log) ?? config;

        kept.Reloads.End();
        kept.Systemd.Ready(state.Text);
        return config;
    }

    // A renewal that fails is repeated with the next turn: the supervisor would wait for longer.
    private static async Task RenewAsync(GatewayLease lease, ILogger log)
    {
        try
        {
            await Task.Run(lease.Renew);
        }
        catch (StoreException e)
        {
            Log.NotRenewed(log, e.Message);
        }
    }

    private static void GiveBack(GatewayLease lease, ILogger log)
    {
        try
        {
            lease.Release();
        }
        catch (StoreException e)
        {
            Log.NotGivenBack(log, e.Message);
        }
    }

    private static string Cause(TakenLease taken) => taken.Cause.ToString().ToLowerInvariant();

    /// <summary>What a gateway that stands by says of itself. Its text is safe to read from any thread.</summary>
    private sealed class StandbyState(string name)
    {
        private volatile string _text = $"gateway {name} stands by";

        public string Text => _text;

        /// <summary>Whether requests are answered that ask who holds the lease.</summary>
        public bool IsListening { get; set; }

        /// <summary>Whether the fleets' interfaces were removed.</summary>
        public bool IsDown { get; set; }

        /// <summary>How long to wait until the next attempt.</summary>
        public TimeSpan Pause { get; set; } = AskInterval;

        /// <summary>True if that is new.</summary>
        public bool HeldBy(string holder) => Becomes(holder.Length == 0 ? $"gateway {name} stands by; no gateway holds the lease" : $"gateway {name} stands by; {holder} holds the lease");

        /// <summary>True if that is new.</summary>
        public bool Fails(string why) => Becomes($"gateway {name} stands by and cannot take the lease: {why}");

        private bool Becomes(string text)
        {
            var isNew = text != _text;
            _text = text;
            return isNew;
        }
    }
}
