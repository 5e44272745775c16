using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using WgFleet.Config;
using WgFleet.Dashboard;
using WgFleet.Hooks;
using WgFleet.Http;
using WgFleet.Http.Api;
using WgFleet.Metrics;
using WgFleet.Registry;
using WgFleet.Store;
using WgFleet.Tunnels;
using WgFleet.WireGuard;

namespace WgFleet;

/// <summary>The server, put together in the order in which data flows: the table of contents.</summary>
internal sealed partial class Server
{
    private readonly ServerConfig _config;
    private readonly TimeProvider _time;
    private readonly ProgramRunner _programs;
    private readonly Func<IWireGuard> _wireGuard;

    /// <param name="config">What the configuration file says.</param>
    /// <param name="wireGuard">Opens the way to WireGuard; tests stand in here.</param>
    /// <param name="programs">Runs wg-quick and ip; tests stand in here.</param>
    /// <param name="time">The clock.</param>
    public Server(ServerConfig config, Func<IWireGuard>? wireGuard = null, ProgramRunner? programs = null, TimeProvider? time = null)
    {
        _config = config;
        _wireGuard = wireGuard ?? WireGuardDriver.Open;
        _programs = programs ?? ExternalProgram.RunAsync;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Runs until it is told to stop (SIGTERM, SIGINT), then finishes what it has begun.</summary>
    /// <param name="logging">Where the log goes.</param>
    /// <param name="started">Called with the running application once requests are answered.</param>
    /// <exception cref="StartupException">It cannot start.</exception>
    public async Task RunAsync(Action<ILoggingBuilder> logging, Func<WebApplication, Task>? started = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        logging(builder.Logging);

        // It warns that its keys end with the process, which is what we want of them.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));

        // What a second server would take from the first comes first: the port, then the database.
        using var logs = LoggerFactory.Create(logging);
        var certificate = _config.Tls is { } tls ? new CertificateFiles(tls, logs.CreateLogger<CertificateFiles>()) : null;
        using var listeners = new Listeners(Reachable(_config.Listen), _config.AdminSocket, Reachable(_config.Tls?.Listen ?? []), certificate);
        if (listeners.NoAdmin is { } why)
            Log.NoAdmin(logs.CreateLogger<Server>(), why);

        using var store = FleetStore.Open(_config.Database, logs.CreateLogger<FleetStore>());
        using var wireGuard = new TimeLimitedWireGuard(_wireGuard(), _time);

        var services = builder.Services;
        services.AddSingleton(_config).AddSingleton(_time).AddSingleton(store).AddSingleton(_ => new EventArchive(_config.Database)).AddSingleton<IWireGuard>(wireGuard);
        AddTunnels(services, wireGuard);
        AddRegistry(services);
        AddHooks(services);
        AddMetrics(services);
        AddHttp(builder, listeners);

        await using var app = builder.Build();
        app.UseRequestCounts();
        app.UseRefusals();
        app.UseRouting();
        app.UseExactPaths();
        app.UseGate();
        app.MapClients();
        app.MapJoinScript();
        app.MapHealth();
        app.MapMetrics();
        app.MapLogin();
        app.MapDashboard();
        app.MapApi();
        app.MapDiscovery();
        app.MapApiDocument();
        app.MapApiPage();

        app.Services.GetRequiredService<MetricsCollector>();
        var registry = app.Services.GetRequiredService<ClientRegistry>();
        var hooks = app.Services.GetRequiredService<HookEngine>();
        var loaded = await registry.LoadAsync(app.Lifetime.ApplicationStopping);
        hooks.Enter(loaded);
        var startup = registry.Start(loaded);
        app.Services.GetRequiredService<Writer>().Changed += hooks.Publish;
        await hooks.StartAsync(registry.Current, startup, app.Lifetime.ApplicationStopping);

        app.Services.GetRequiredService<ClientGauge>();
        app.Services.GetRequiredService<HookGauges>();
        using var otlp = _config.OtlpEndpoint is { } endpoint ? new OtlpExport(endpoint) : null;
        await app.StartAsync();
        if (started is not null)
            await started(app);

        await app.WaitForShutdownAsync();
        await registry.StopAsync();
        await hooks.StopAsync();
    }

    /// <summary>The hooks that a server with this configuration would have, without a server and without making any of them.</summary>
    public static HookCandidates FindHooks(ServerConfig config) => HookCandidates.Find(typeof(Server).Assembly.GetTypes(), config.Hooks);

    private void AddTunnels(IServiceCollection services, IWireGuard wireGuard) =>
        services.AddSingleton<IReadOnlyDictionary<string, FleetTunnel>>(provider => _config.Fleets.ToDictionary(
            fleet => fleet.Name,
            fleet => new FleetTunnel(fleet, _config.WireGuardDirectory, wireGuard, _programs, provider.GetRequiredService<ILogger<FleetTunnel>>())));

    private static void AddRegistry(IServiceCollection services)
    {
        services.AddSingleton<IReadOnlyDictionary<string, TunnelLink>>(provider =>
            provider.GetRequiredService<IReadOnlyDictionary<string, FleetTunnel>>().ToDictionary(
                tunnel => tunnel.Key, tunnel => ActivatorUtilities.CreateInstance<TunnelLink>(provider, tunnel.Value)));
        services.AddSingleton<Writer>();
        services.AddSingleton<ClientRegistry>();
        services.AddSingleton<Func<Snapshot>>(provider => () => provider.GetRequiredService<Writer>().Current);
        services.AddHostedService<TunnelWatch>();
        services.AddSingleton<PruneBreaker>();
        services.AddSingleton<Pruner>();
        services.AddHostedService(provider => provider.GetRequiredService<Pruner>());
    }

    private static void AddHooks(IServiceCollection services)
    {
        services.AddSingleton<HookStore>();
        services.AddSingleton<IFileReplacer, FileReplacer>();
        services.AddSingleton(LoadHooks);
        services.AddSingleton<HookEngine>();
        services.AddSingleton<HookHistory>();
        services.AddHostedService<Retention>();
        services.AddSingleton<HookDesk>();
    }

    private static HookCatalog LoadHooks(IServiceProvider provider) => HookCatalog.Load(
        [typeof(Server).Assembly],
        provider.GetRequiredService<ServerConfig>().Hooks,
        provider,
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILoggerFactory>());

    private static void AddMetrics(IServiceCollection services)
    {
        services.AddSingleton<MetricsCollector>();
        services.AddSingleton<ClientGauge>();
        services.AddSingleton<HookGauges>();
    }

    private static void AddHttp(WebApplicationBuilder builder, Listeners listeners)
    {
        builder.Services.AddRoutingCore().AddAccess().AddApi().AddDashboard();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestBody.LimitWithFrames;
            listeners.Use(kestrel, kestrel.ApplicationServices.GetRequiredService<Microsoft.Extensions.Options.IOptions<SocketTransportOptions>>().Value);
        });
    }

    // A machine without IPv6 has no [::] to listen on by default; its fleets would need it all the same.
    private static IReadOnlyList<IPEndPoint> Reachable(IReadOnlyList<IPEndPoint> listen) =>
        Socket.OSSupportsIPv6 ? listen : [.. listen.Where(e => e.AddressFamily == AddressFamily.InterNetwork)];

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Operators' commands cannot reach this server: {Reason}")]
        public static partial void NoAdmin(ILogger log, string reason);
    }
}
