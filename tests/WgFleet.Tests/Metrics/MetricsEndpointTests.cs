using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Access;
using WgFleet.Config;
using WgFleet.Fleets;
using WgFleet.Hooks.Admin;
using WgFleet.Http;
using WgFleet.Metrics;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;

namespace WgFleet.Tests.Metrics;

public class MetricsEndpointTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_gateway_reads_the_metrics_as_text_of_version_0_0_4()
    {
        using var answer = await GetAsync(["127.0.0.0/8"]);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        (await answer.Content.ReadAsStringAsync(Ct)).ShouldContain("# TYPE wgfleet_pings_total counter\n");
    }

    [Theory]
    [InlineData("10.0.0.0/8", null)]
    [InlineData("::1/128", null)]
    [InlineData(null, null)]
    [InlineData("127.0.0.0/8", "203.0.113.7")]
    [InlineData("127.0.0.0/8", "10.0.0.1, 203.0.113.7")]
    [InlineData("127.0.0.0/8", "anything")]
    public async Task Any_other_address_gets_404(string? allowed, string? forwardedFor)
    {
        using var answer = await GetAsync(allowed is null ? [] : [allowed], forwardedFor);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync(Ct)).ShouldBe("""{"detail":"Not Found"}""");
    }

    [Fact]
    public async Task A_proxy_may_read_the_metrics_for_an_allowed_address()
    {
        using var answer = await GetAsync(["127.0.0.0/8", "10.0.0.0/8"], "10.1.2.3");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<HttpResponseMessage> GetAsync(string[] allow, string? forwardedFor = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<MetricsCollector>();
        builder.Services.AddSingleton(World.Config() with { MetricsAllow = [.. allow.Select(n => IPNetwork.Parse(n))] });
        using var folder = new Folder();
        using var store = SqliteDatabase.Open(folder.File("clients.db"), NullLogger.Instance);
        builder.Services.AddSingleton(store).AddSingleton(TimeProvider.System).AddSingleton<HookQueries>().AddSingleton<HookGauges>().AddSingleton(new TrustedProxies([])).AddAccess()
            .AddSingleton<RecordAct>((_, _) => Task.CompletedTask);
        builder.Services.AddSingleton(services => TestHooks.Load(Type.EmptyTypes, new HooksConfig { Folders = [] }, services, TimeProvider.System, NullLoggerFactory.Instance));
        await using var app = builder.Build();
        app.UseSourceAddress();
        app.MapMetrics();
        await app.StartAsync(Ct);

        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (forwardedFor is not null)
            request.Headers.Add("X-Forwarded-For", forwardedFor);

        var answer = await client.SendAsync(request, Ct);
        await answer.Content.LoadIntoBufferAsync(Ct);
        return answer;
    }
}
