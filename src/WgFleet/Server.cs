using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.DataProtection;
using WgFleet.Access;
using WgFleet.Access.Approvals;
using WgFleet.Config;
using WgFleet.Dashboard;
using WgFleet.Events;
using WgFleet.Fleets;
using WgFleet.Fleets.Pruning;
using WgFleet.Fleets.State;
using WgFleet.History;
using WgFleet.Hooks;
using WgFleet.Hooks.Admin;
using WgFleet.Hooks.Discovery;
using WgFleet.Hooks.Projections;
using WgFleet.Hosting;
using WgFleet.Http;
using WgFleet.Http.Api;
using WgFleet.Http.Api.Document;
using WgFleet.Http.Api.Endpoints;
using WgFleet.Http.Listening;
using WgFleet.Http.Machines;
using WgFleet.Linux;
using WgFleet.Metrics;
using WgFleet.Queries.Troubles;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Opening;
using WgFleet.Tunnels;
using WgFleet.WireGuard;
using WgFleet.WireGuard.Drivers;

namespace WgFleet;

/// <summary>Composes the server, in the order in which data flows: the table of contents.</summary>
internal sealed partial class Server
{
    /// <summary>How long hooks may take to finish during a reload, while requests wait.</summary>
    private static readonly TimeSpan ReloadDrain = TimeSpan.FromSeconds(2);

    private readonly ServerConfig _config;
    private readonly TimeProvider _time;
    private readonly Func<IInterfaces> _interfaces;
    private readonly ProgramRunner _programs;
    private readonly NftRunner _nft;
    private readonly Func<IWireGuard> _wireGuard;
    private readonly string? _configFile;
    private readonly bool _heedsHangUp;

    /// <param name="config">The configuration.</param>
    /// <param name="wireGuard">Opens WireGuard; tests replace it.</param>
    /// <param name="interfaces">Opens network interfaces; tests replace it.</param>
    /// <param name="programs">Runs wg-quick; tests replace it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="configFile">The file that a reload reads; null if there is none.</param>
    /// <param name="heedsHangUp">Whether SIGHUP asks for a reload.</param>
    /// <param name="nft">Runs nft; tests replace it.</param>
    public Server(
        ServerConfig config, Func<IWireGuard>? wireGuard = null, Func<IInterfaces>? interfaces = null, ProgramRunner? programs = null,
            TimeProvider? time = null, string? configFile = null, bool heedsHangUp = false, NftRunner? nft = null)
    {
        _config = config;
        _heedsHangUp = heedsHangUp;
        _configFile = configFile;
        _wireGuard = wireGuard ?? (() => WireGuardDriver.Open(_time));
        _interfaces = interfaces ?? (() => WireGuardDriver.OpenInterfaces(_time));
        _programs = programs ?? ExternalProgram.RunAsync;
        _nft = nft ?? Nft.RunAsync;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Runs until the process is told to stop (SIGTERM, SIGINT), then finishes requests, commands and hooks.</summary>
    /// <param name="logging">Where the log goes.</param>
    /// <param name="started">Called with the running application once requests are answered.</param>
    /// <exception cref="StartupException">It cannot start.</exception>
    public async Task RunAsync(Action<ILoggingBuilder> logging, Func<WebApplication, Task>? started = null)
    {
        // First the port, then the database: a second server fails here before it changes anything.
        using var logs = LoggerFactory.Create(logging);
        var log = logs.CreateLogger<Server>();
        var reloads = new ReloadRequests();
        using var signals = new Signals(_heedsHangUp ? reloads : null);
        using var systemd = ServiceManager.FromEnvironment();
        var certificate = _config.Tls is { } tls ? new CertificateFiles(tls, logs.CreateLogger<CertificateFiles>()) : null;
        using var listeners = new Listeners(Reachable(_config.Listen), _config.AdminSocket, Reachable(_config.Tls?.Listen ?? []), certificate,
            logs.CreateLogger<Listeners>());
        if (listeners.NoAdmin is { } why)
            Log.NoAdmin(log, why);

        foreach (var endPoint in listeners.Waiting.Where(e => !_config.Fleets.Any(f => f.Networks.Any(n => n.Gateway.Equals(e.Address)))))
            Log.NotHere(log, endPoint);

        var fence = _config.Gateway is { } gateway ? new WriteFence(gateway.Name, _time) : null;
        using var database = fence is null ? ConfiguredDatabase.Open(_config, logs.CreateLogger<Database>()) : ConfiguredDatabase.OpenShared(_config, fence, logs.CreateLogger<Database>());
        var written = new WrittenFileStore(database);
        using var contents = WrittenContents.Beside(_config.Database);
        if (fence is null)
            RefuseFilesOfOthers(written, contents);

        var runs = new ProgramRuns(_config.Database + ".programs");
        EndLeftOver(runs, log);
        using var wireGuard = _wireGuard();
        using var interfaces = _interfaces();
        using var metrics = new MetricsCollector();
        var health = new FleetHealth(_time, logs.CreateLogger<FleetHealth>());
        var kept = new Kept(logging, logs, log, signals, reloads, systemd, listeners, database, wireGuard, interfaces, metrics,
            new ActivityHistory(_time), health, [], runs, written, contents, new ClockWatch(_time, logs.CreateLogger<ClockWatch>()), () => certificate?.Status, new SessionStore(_time), new EphemeralDataProtectionProvider());
        await (fence is null ? RunTurnsAsync(_config, kept, started) : RunAsGatewayAsync(fence, kept, started));
        Log.Stopped(log);
    }

    /// <summary>Runs with one configuration; returns the next configuration, or null after a stop.</summary>
    private async Task<ServerConfig?> RunAsync(ServerConfig config, Kept kept, Func<WebApplication, Task>? started)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        kept.Logging(builder.Logging);

        // It warns that its keys end with the process, which is intended.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);

        // Anybody can send a form with a wrong antiforgery token, or a made-up answer of a provider, for which they would log an error with its frames. We say what was wrong.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.None).AddFilter("Microsoft.AspNetCore.Authentication.OpenIdConnect", LogLevel.None);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));

        var services = builder.Services;
        services.AddSingleton(config).AddSingleton(_time).AddSingleton(kept.Database).AddSingleton(kept.WireGuard).AddSingleton(kept.Interfaces).AddSingleton(kept.Reloads).AddSingleton(kept.ActivityHistory).AddSingleton(kept.Runs).AddSingleton(kept.Written).AddSingleton(kept.Contents).AddSingleton(kept.Clock).AddSingleton(kept.Certificate).AddSingleton(kept.Sessions).AddSingleton(kept.Keys);
        services.AddSingleton<Supervisor>();
        await RemoveTablesAsync(config, kept);
        AddTunnels(services, config, kept);
        AddRegistry(services);
        AddHooks(services);
        AddTroubles(services);
        AddMetrics(services, kept.Metrics);
        AddHttp(builder, kept.Listeners, config);

        await using var app = builder.Build();
        app.UseSourceAddress();
        app.UseRequestCounts();
        app.UseSecurityHeaders();
        app.UseErrorHandling();
        app.UseRouting();
        app.UseBodyLimit();
        app.UseExactPaths();
        app.UseAccess();
        app.MapClients();
        app.MapPing();
        app.MapLeave();
        app.MapJoinScript();
        app.MapHealth();
        app.MapMetrics();
        app.MapDashboard();
        app.MapApi();
        app.MapDiscovery();
        app.MapApiDocument();

        var registry = app.Services.GetRequiredService<ClientRegistry>();
        var hooks = app.Services.GetRequiredService<HookSet>();
        var loaded = await registry.LoadAsync(kept.Signals.Stopping);
        hooks.Enter(loaded);
        registry.RecordsPresence = hooks.AsksForPresence;
        registry.TookOver = _taken is { } taken ? (taken.Token, Cause(taken)) : null;
        var startup = registry.Start(loaded);
        _taken = null;
        kept.FleetKeys?.Save(config);
        app.Services.GetRequiredService<Writer>().Changed += hooks.Publish;
        await hooks.StartAsync(registry.Current, startup, kept.Signals.Stopping);

        // Disposed before the services that they read, which the application disposes.
        using var clientGauge = app.Services.GetRequiredService<ClientGauge>();
        using var hookGauges = app.Services.GetRequiredService<HookGauges>();
        using var partGauge = app.Services.GetRequiredService<PartGauge>();
        using var troubleGauge = app.Services.GetRequiredService<TroubleGauge>();
        using var otlp = config.OtlpEndpoint is { } endpoint ? new OtlpExport(endpoint) : null;
        if (config.Fleets.Where(f => f.IsOpen).Select(f => f.Name).ToList() is { Count: > 0 } open)
            Log.Open(kept.Log, string.Join(", ", open));

        await app.StartAsync();
        var supervisor = app.Services.GetRequiredService<Supervisor>();
        var loops = StartLoops(supervisor, config, app.Services);
        if (started is not null)
            await started(app);

        Ready(config, kept, registry.Current);
        var next = await NextAsync(config, kept, app, supervisor);
        await Task.WhenAll(loops.Select(part => part.DisposeAsync().AsTask()));
        await StopAsync(kept.Log, "writer", registry.StopAsync);
        await StopAsync(kept.Log, "hooks", () => hooks.StopAsync(kept.Signals.Stopping.IsCancellationRequested ? null : ReloadDrain));
        return supervisor.Fatal.IsCompleted ? throw await supervisor.Fatal : next;
    }

    /// <summary>The loops of the server, in the order in which they start. Hooks and the writer have loops of their own.</summary>
    private static List<Part> StartLoops(Supervisor supervisor, ServerConfig config, IServiceProvider services)
    {
        var registry = services.GetRequiredService<ClientRegistry>();
        var history = services.GetRequiredService<ActivityHistory>();
        history.Take(registry.Current);
        return
        [
            .. config.Fleets.Select(fleet =>
                supervisor.Every($"watch:{fleet.Name}", registry.WatchInterval, stopping => registry.ObserveAsync(fleet.Name, stopping))),
            supervisor.Run("interfaces", services.GetRequiredService<TunnelWatch>().RunAsync),
            supervisor.Every("database", TimeSpan.FromSeconds(5), stopping => Task.Run(services.GetRequiredService<Database>().Check, stopping)),
            supervisor.Every("liveness", TimeSpan.FromSeconds(10), _ => registry.SaveActivityAsync()),
            supervisor.Every("clock", TimeSpan.FromSeconds(5), stopping => Task.Run(
                () =>
                {
                    services.GetRequiredService<ClockWatch>().Look();
                    services.GetRequiredService<TokenRegistry>().FollowClock();
                    services.GetRequiredService<SessionStore>().FollowClock();
                },
                stopping)),
            .. config.Fleets.Any(f => f.Phases.Count > 0) ? [supervisor.Every("phases", TimeSpan.FromSeconds(1), _ => registry.FollowPhasesAsync())] : Array.Empty<Part>(),
            .. config.Fleets.Any(f => f.Approval != ApprovalPolicy.None) ? [supervisor.Every("approvals", TimeSpan.FromSeconds(2), _ => services.GetRequiredService<ApprovalDesk>().SaveAsync())] : Array.Empty<Part>(),
            supervisor.Every("prune", config.PruneInterval, services.GetRequiredService<Pruner>().PruneAsync),
            supervisor.Every("history", ActivityHistory.Interval, _ =>
            {
                history.Take(registry.Current);
                return Task.CompletedTask;
            }),
            supervisor.Every("retention", Retention.Interval, services.GetRequiredService<Retention>().DeleteOldAsync),
            .. Environment.ProcessId == 1 ? [ReapOrphans(supervisor)] : Array.Empty<Part>(),
        ];
    }

    // A fleet whose configuration did not change keeps its tunnel during a reload, so its clients do not notice.
    private void AddTunnels(IServiceCollection services, ServerConfig config, Kept kept)
    {
        var links = config.Fleets.ToDictionary(
            fleet => fleet.Name,
            fleet => kept.Links.GetValueOrDefault(fleet.Name) is { } link && link.Tunnel.Fits(fleet.Tunnel, config.WireGuardDirectory) ? link : NewLink(fleet));
        kept.Links.Clear();
        foreach (var (name, link) in links)
            kept.Links.Add(name, link);

        services.AddSingleton(kept.Health);
        services.AddSingleton<IReadOnlyDictionary<string, PeerSync>>(links);
        services.AddSingleton<IReadOnlyDictionary<string, FleetTunnel>>(links.ToDictionary(link => link.Key, link => link.Value.Tunnel));

        PeerSync NewLink(FleetConfig fleet)
        {
            var tunnel = new FleetTunnel(fleet.Tunnel, config.WireGuardDirectory, kept.WireGuard, kept.Interfaces, _programs, kept.Logs.CreateLogger<FleetTunnel>());

            // How long a caller really waits: a clock that is set does not change it.
            return new PeerSync(tunnel, kept.WireGuard, _nft, kept.Health, _time, TimeProvider.System, kept.Logs.CreateLogger<PeerSync>());
        }
    }

    private static void AddRegistry(IServiceCollection services)
    {
        services.AddSingleton<FleetStore>().AddSingleton<EventQueries>();
        services.AddSingleton<Writer>();
        services.AddSingleton<TunnelWatch>();
        services.AddSingleton<ClientRegistry>();
        services.AddSingleton<RecordAct>(provider => provider.GetRequiredService<ClientRegistry>().RecordAsync);
        services.AddSingleton<Func<Snapshot>>(provider => () => provider.GetRequiredService<Writer>().Current);
        services.AddSingleton<PruneLimit>();
        services.AddSingleton<Pruner>();
    }

    private static void AddHooks(IServiceCollection services)
    {
        services.AddSingleton<HookStore>().AddSingleton<HookQueries>();
        services.AddSingleton<EventLog>();
        services.AddSingleton<IFileReplacer, OwnedFiles>();
        services.AddSingleton(LoadHooks);
        services.AddSingleton<RetentionStore>();
        services.AddSingleton<Retention>();
        services.AddSingleton<HookAdmin>();
    }

    private static HookSet LoadHooks(IServiceProvider provider)
    {
        var config = provider.GetRequiredService<ServerConfig>();
        return HookLoader.Load(HookDiscovery.Of(config), config.Hooks.AwaitTimeout, HookServices.Of(config.Domain, provider), provider);
    }

    private static void AddMetrics(IServiceCollection services, MetricsCollector metrics)
    {
        services.AddSingleton(metrics);
        services.AddSingleton<ClientGauge>();
        services.AddSingleton<HookGauges>();
        services.AddSingleton<PartGauge>();
        services.AddSingleton<TroubleGauge>();
    }

    private static void AddHttp(WebApplicationBuilder builder, Listeners listeners, ServerConfig config)
    {
        var proxies = new TrustedProxies(config.TrustedProxies);
        builder.Services.AddSingleton(proxies).AddRoutingCore().AddAccess().AddLogins(config).AddApi().AddDashboard();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestBody.LimitWithFrames;
        });
        listeners.Use(builder.WebHost, proxies);
    }
}
