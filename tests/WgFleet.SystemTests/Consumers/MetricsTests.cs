using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Consumers;

/// <summary>Prometheus scrapes the server itself.</summary>
public class MetricsTests
{
    private const string Scraping = """
        global: {scrape_interval: 1s}
        scrape_configs:
          - job_name: wg-fleet
            static_configs: [{targets: ["127.0.0.1:8000"]}]

        """;

    [Fact]
    public async Task Prometheus_scrapes_the_server_promtool_accepts_the_metrics_and_other_machines_cannot_read_them()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        await File.WriteAllTextAsync(Path.Combine(gateway.Machine.Disk, "prometheus.yaml"), Scraping);
        await using var prometheus = gateway.Machine.Start(
            "prometheus", $"--config.file={gateway.Machine.Disk}/prometheus.yaml", "--storage.tsdb.path=/run/prometheus", "--web.listen-address=127.0.0.1:9090");
        var client = await lan.AddClientAsync();
        await client.JoinAsync(gateway);
        (await client.PingAsync("counted")).Status.ShouldBe(200);

        await ShouldBecomeAsync(gateway, "wgfleet_clients{fleet=\"alpha\"}", "1");
        await ShouldBecomeAsync(gateway, "wgfleet_registrations_total{fleet=\"alpha\",outcome=\"ok\"}", "1");
        await ShouldBecomeAsync(gateway, "wgfleet_pings_total{fleet=\"alpha\",outcome=\"ok\"}", "1");
        await ShouldBecomeAsync(gateway, "wgfleet_await_seconds_count{hook=\"hosts_file\",outcome=\"ok\"}", "1");
        await ShouldBecomeAsync(gateway, "wgfleet_hook_status{hook=\"prometheus_sd\",status=\"ok\"}", "1");

        var lint = await gateway.Machine.TryRunAsync("sh", "-c", "curl -sf http://127.0.0.1:8000/metrics | promtool check metrics 2>&1");
        lint.Output.ShouldBe("");
        lint.ExitCode.ShouldBe(0);

        (await client.Machine.SendAsync(HttpMethod.Get, $"{gateway.Url}/metrics")).ShouldSatisfyAllConditions(
            answer => answer.Status.ShouldBe(404),
            answer => answer.Body.ShouldBe("{\"detail\":\"Not Found\"}"));
    }

    private static Task ShouldBecomeAsync(Gateway gateway, string series, string value) => Deadline.UntilAsync($"Prometheus has {series}", async () =>
        (await gateway.Machine.SendAsync(HttpMethod.Get, $"http://127.0.0.1:9090/api/v1/query?query={Uri.EscapeDataString(series)}"))
            .Body.Contains($",\"{value}\"]", StringComparison.Ordinal));
}
