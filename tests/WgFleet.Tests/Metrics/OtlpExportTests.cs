using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using WgFleet.Metrics;

namespace WgFleet.Tests.Metrics;

public class OtlpExportTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_collector_gets_the_metrics_as_protobuf_at_the_configured_path()
    {
        var posted = Channel.CreateUnbounded<(string Path, string? Type, string Body)>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var collector = builder.Build();
        collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            context.Response.ContentType = "application/x-protobuf";
            posted.Writer.TryWrite((context.Request.Path, context.Request.ContentType, Encoding.Latin1.GetString(body.ToArray())));
        });
        await collector.StartAsync(Ct);

        using var export = new OtlpExport(new Uri(collector.Urls.Single() + "/some/path"));
        FleetMeter.Called("exported", "client.added", FleetMeter.Ok, TimeSpan.FromMilliseconds(3));
        await Task.Run(export.Flush, Ct);

        var (path, type, text) = await posted.Reader.ReadAsync(Ct);
        path.ShouldBe("/some/path");
        type.ShouldBe("application/x-protobuf");
        text.ShouldSatisfyAllConditions(
            t => t.ShouldContain("service.name"),
            t => t.ShouldContain("wg-fleet"),
            t => t.ShouldContain("wgfleet_hook_attempts_total"),
            t => t.ShouldContain("wgfleet_hook_duration_seconds"),
            t => t.ShouldContain("exported"));
    }

    [Fact]
    public void A_missing_collector_does_no_harm()
    {
        using var export = new OtlpExport(new Uri("http://127.0.0.1:9/v1/metrics"));
        FleetMeter.Called("exported", "client.added", FleetMeter.Ok, TimeSpan.FromMilliseconds(3));

        Should.NotThrow(() => export.Flush());
    }
}
