using System.Collections.Immutable;
using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Dashboard;
using WgFleet.Fleets.State;
using WgFleet.History;
using WgFleet.Hosting;
using WgFleet.Http;
using WgFleet.Queries.Troubles;
using WgFleet.WireGuard;

namespace WgFleet.Tests.Dashboard;

/// <summary>The dashboard alone, on a free port of the loopback, over fleets made by hand and a clock that stands still.</summary>
internal sealed class DashboardHost : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly WebApplication _app;

    private DashboardHost(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    /// <summary>What the charts are drawn from; who feeds it is the test.</summary>
    public ActivityHistory ActivityHistory => _app.Services.GetRequiredService<ActivityHistory>();

    public FleetHealth Health => _app.Services.GetRequiredService<FleetHealth>();

    public Supervisor Supervisor => _app.Services.GetRequiredService<Supervisor>();

    public ManualTime Time => (ManualTime)_app.Services.GetRequiredService<TimeProvider>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<DashboardHost> StartAsync(params FleetSnapshot[] fleets)
    {
        var snapshot = new Snapshot(1, "example.org", [.. fleets]);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<Func<Snapshot>>(() => snapshot);
        var time = new ManualTime();
        time.Advance(Now - time.GetUtcNow());
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddDashboard();
        builder.Services.AddSingleton<FleetHealth>().AddSingleton<Supervisor>();
        builder.Services.AddSingleton(provider => new TroubleList(
            [_ => FleetTroubles.Of(snapshot, provider.GetRequiredService<FleetHealth>()), _ => ServerTroubles.OfParts(provider.GetRequiredService<Supervisor>())], time));

        var app = builder.Build();
        app.UseErrorHandling();

        // Without the access middleware, everybody may read.
        app.Use((context, next) =>
        {
            context.Features.Set(Caller.LocalReader);
            return next(context);
        });
        app.MapDashboard();
        await app.StartAsync(Ct);
        foreach (var fleet in fleets)
            app.Services.GetRequiredService<FleetHealth>().Set(fleet.Config.Name, FleetCondition.Up);

        return new DashboardHost(app);
    }

    /// <summary>The page as a browser would build it.</summary>
    public async Task<IHtmlDocument> PageAsync(string path) => new HtmlParser().ParseDocument(await Client.GetStringAsync(path, Ct));

    public static FleetSnapshot Fleet(string name, params RegisteredClient[] clients) => new(Settings(name))
    {
        ById = clients.ToImmutableSortedDictionary(m => m.Id, m => m),
    };

    public static FleetConfig Settings(string name, string externalIp = "192.0.2.9") => new()
    {
        Name = name,
        Network = new FleetNetwork(IPAddress.Parse("fd00:1::1"), "fd00:1::1", IPNetwork.Parse("fd00:1::/64")),
        ExternalIp = externalIp,
        Port = 51820,
    };

    /// <summary>A client that registered <paramref name="quiet"/> ago and was not heard of since.</summary>
    public static RegisteredClient RegisteredClient(long id, string? hostname = null, string source = "198.51.100.7", TimeSpan quiet = default)
    {
        var key = new byte[32];
        BitConverter.TryWriteBytes(key, (ulong)id * 0x9E3779B97F4A7C15);
        return new RegisteredClient
        {
            Id = id,
            Fleet = "alpha",
            Address = IPAddress.Parse($"fd00:1::{id + 0x1000:x}"),
            PublicKey = new WireGuardKey(key),
            Hostname = hostname,
            RequestAddress = source,
            RegisteredAt = Now - quiet,
            Liveness = new Liveness(Now - quiet, TimeSpan.FromSeconds(180)),
        };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
