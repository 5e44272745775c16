using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Fleets;
using WgFleet.Hosting;

namespace WgFleet.Tests.Hosting;

public class FailingPartTests
{
    [Fact]
    public async Task The_readyz_endpoint_and_the_metrics_name_a_failing_part_until_it_works_again()
    {
        await using var server = await TestServer.StartAsync();
        var works = false;
        server.Services.GetRequiredService<Supervisor>().Every("test", TimeSpan.FromSeconds(1), _ => works ? Task.CompletedTask : throw new IOException("gone"));
        (await server.SendAsync(HttpMethod.Get, "/readyz")).Status.ShouldBe(200);
        (await MetricAsync(server, "test")).ShouldBe("0");

        await Eventually.True(() => server.Services.GetRequiredService<Supervisor>().Parts.Any(p => p.IsFailing), () => server.Time.Advance(TimeSpan.FromSeconds(1)));

        var answer = await server.SendAsync(HttpMethod.Get, "/readyz");
        answer.Status.ShouldBe(503);
        answer.Body.ShouldMatch("""\A\{"detail":"test is failing since 2026-01-02 03:04:[0-9]{2}Z: gone"\}\z""");
        (await MetricAsync(server, "test")).ShouldBe("1");
        (await MetricAsync(server, "prune")).ShouldBe("0");

        works = true;
        await Eventually.True(() => server.Services.GetRequiredService<Supervisor>().Parts.All(p => !p.IsFailing), () => server.Time.Advance(TimeSpan.FromSeconds(1)));
        (await server.SendAsync(HttpMethod.Get, "/readyz")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Every_loop_of_the_server_is_a_part()
    {
        await using var server = await TestServer.StartAsync();

        server.Services.GetRequiredService<Supervisor>().Parts.Select(p => p.Name)
            .ShouldBe(["writer", "tunnel:alpha", "tunnel:beta", "interfaces", "watch:alpha", "watch:beta", "database", "liveness", "clock", "prune", "history", "retention", "hook hosts_file", "hook prometheus_sd"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_fault_between_commit_and_publish_is_fatal_and_refuses_everything_after_it()
    {
        await using var test = await TestRegistry.StartAsync();
        test.Fault = new InvalidOperationException("a subscriber is broken");

        await test.JoinAsync().ShouldThrowAsync<FatalException>();

        (await test.Supervisor.Fatal.WaitAsync(TestRegistry.Ct)).Message.ShouldContain("InvalidOperationException: a subscriber is broken");
        await test.JoinAsync().ShouldThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task A_fatal_fault_ends_the_server_with_that_fault()
    {
        var server = await TestServer.StartAsync();
        server.Services.GetRequiredService<Writer>().Changed += _ => throw new InvalidOperationException("a subscriber is broken");

        // Its caller is answered with 500, or sees the connection end.
        await Task.WhenAny(server.SendAsync(HttpMethod.Post, "/fleet/alpha/register"));

        await Should.ThrowAsync<FatalException>(server.Running.WaitAsync(TestServer.Ct));
        await server.DisposeAsync();
    }

    private static async Task<string> MetricAsync(TestServer server, string part)
    {
        var metrics = (await server.SendAsync(HttpMethod.Get, "/metrics")).Body;
        return Regex.Match(metrics, $"^wgfleet_part_failing\\{{part=\"{part}\"\\}} ([0-9.]+)$", RegexOptions.Multiline).Groups[1].Value;
    }
}
