using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Dashboard;
using WgFleet.Fleets.State;
using WgFleet.Hooks;
using WgFleet.Hooks.Admin;
using WgFleet.Http;
using WgFleet.Http.Api;
using WgFleet.Http.Api.Endpoints;
using WgFleet.Http.Listening;
using WgFleet.Queries.Troubles;
using WgFleet.Store;

namespace WgFleet.Tests.Harness;

/// <summary>A server with hooks and both its doors, and the program that operators type; without fleets.</summary>
internal sealed class AdminHost : IAsyncDisposable
{
    private readonly Folder _folder;
    private readonly Listeners _listeners;
    private readonly WebApplication _app;

    private AdminHost(Folder folder, Stage stage, Listeners listeners, WebApplication app)
    {
        (_folder, Stage, _listeners, _app) = (folder, stage, listeners, app);
        Tcp = new HttpClient { BaseAddress = new Uri(app.Urls.First(u => u.Contains("127.0.0.1", StringComparison.Ordinal))) };
        Local = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        {
            BaseAddress = new Uri("http://localhost"),
        };
    }

    public Stage Stage { get; }

    public HttpClient Tcp { get; }

    public HttpClient Local { get; }

    public string FileOf(string name) => _folder.File(name);

    public string Socket => _folder.File("run/admin.sock");

    /// <summary>Starts the hooks named, and what the configuration lists beside them.</summary>
    public static async Task<AdminHost> StartAsync(HooksConfig? config, params Type[] hooks)
    {
        var folder = new Folder();
        var server = World.Config(folder.File("hosts"), folder.File("targets.json"));
        var stage = new Stage(config ?? new HooksConfig { Folders = [] }, TimeProvider.System, server, hooks);
        (await stage.StartAsync()).ShouldBeTrue();

        var listeners = new Listeners([new IPEndPoint(IPAddress.Loopback, 0)], folder.File("run/admin.sock"));
        listeners.NoAdmin.ShouldBeNull();
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore().AddSingleton(stage.Hooks).AddSingleton(stage.Store).AddSingleton<HookQueries>().AddSingleton<EventQueries>().AddSingleton(TimeProvider.System).AddSingleton<HookAdmin>();
        builder.Services.AddSingleton(server).AddSingleton(stage.Database).AddLogging().AddAccess().AddApi().AddDashboard().AddSingleton<Func<Snapshot>>(() => stage.World.Snapshot).AddSingleton(Acting.Unrecorded(stage.Database));
        builder.Services.AddSingleton(new TroubleList([_ => HookTroubles.Of(stage.Hooks)], TimeProvider.System));
        var proxies = new TrustedProxies([]);
        builder.Services.AddSingleton(proxies);
        listeners.Use(builder.WebHost.UseKestrelCore(), proxies);
        var app = builder.Build();
        app.UseSourceAddress();
        app.UseSecurityHeaders();
        app.UseErrorHandling();
        app.UseRouting();
        app.UseExactPaths();
        app.UseAccess();
        app.MapGet("/healthz", () => Answer.Ok).Require(Audience.Machines, Permission.None);
        app.MapDashboard();
        app.MapApi();
        await app.StartAsync(Stage.Ct);
        await File.WriteAllTextAsync(folder.File("wg-fleet.yaml"), $"admin_socket: {folder.File("run/admin.sock")}\n{Yaml.Minimal}hooks: {{exec_dirs: []}}\n", Stage.Ct);
        return new AdminHost(folder, stage, listeners, app);
    }

    /// <summary>The configuration of one hook that is a program; <c>code</c> in the folder holds what it ends with.</summary>
    public static HooksConfig Program(ExecFolder folder, int code)
    {
        folder.Write("code", $"{code}\n", "0644");
        var script = folder.Script($"cat >/dev/null\necho said $WGFLEET_TYPE\nexit $(cat {folder.File("code")})");
        return new HooksConfig
        {
            Folders = [],
            List = [new HookConfig { Name = "tell", Events = [EventTypes.ClientAdded], Kind = new ExecConfig { Command = script, User = ExecFolder.User } }],
        };
    }

    /// <summary>Ends the server, and leaves the hooks and the configuration.</summary>
    public async Task StopServerAsync()
    {
        await _app.StopAsync(Stage.Ct);
        _listeners.Dispose();
    }

    /// <summary>Runs wg-fleet as an operator does.</summary>
    public async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var said = await CommandRun.RunAsync([.. arguments, "--config", _folder.File("wg-fleet.yaml")]);
        return (said.ExitCode, said.Out, said.Error);
    }

    public async ValueTask DisposeAsync()
    {
        Tcp.Dispose();
        Local.Dispose();
        await _app.DisposeAsync();
        _listeners.Dispose();
        await Stage.DisposeAsync();
        _folder.Dispose();
    }
}
