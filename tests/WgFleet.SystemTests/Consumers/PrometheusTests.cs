using System.Net;
using System.Net.Sockets;
using WgFleet.SystemTests.Harness;

namespace WgFleet.SystemTests.Consumers;

/// <summary>Prometheus reads the targets file and scrapes the fleet's machines through their tunnels.</summary>
public class PrometheusTests
{
    private const string Scraping = """
        global: {scrape_interval: 1s}
        scrape_configs:
          - job_name: fleet
            file_sd_configs: [{files: [/run/prometheus_targets.json]}]

        """;

    [Fact]
    public async Task A_machine_is_scraped_through_its_tunnel_once_it_has_told_its_name()
    {
        await using var lan = await Lan.CreateAsync();
        var gateway = await lan.StartGatewayAsync();
        await File.WriteAllTextAsync(Path.Combine(gateway.Machine.Disk, "prometheus.yaml"), Scraping);
        await using var prometheus = gateway.Machine.Start(
            "prometheus", $"--config.file={gateway.Machine.Disk}/prometheus.yaml", "--storage.tsdb.path=/run/prometheus", "--web.listen-address=127.0.0.1:9090");
        var client = await lan.AddClientAsync();
        await client.JoinAsync(gateway);
        using var exporter = await client.Machine.Network.ListenAsync(new IPEndPoint(IPAddress.Parse(client.Registration.Address), 9100));
        var serving = ServeAsync(exporter);

        (await client.PingAsync("scraped")).Status.ShouldBe(200);

        const string query = "http://127.0.0.1:9090/api/v1/query?query=fleet_test_metric";
        await Deadline.UntilAsync("Prometheus has the machine's metric", async () =>
            (await gateway.Machine.SendAsync(HttpMethod.Get, query)).Body.Contains("\"4711\"", StringComparison.Ordinal));
        var result = (await gateway.Machine.SendAsync(HttpMethod.Get, query)).Body;
        result.ShouldContain("\"hostname\":\"scraped\"");
        result.ShouldContain("\"fleet\":\"alpha\"");
        result.ShouldContain("\"job\":\"node_exporter\"");
        result.ShouldContain($"\"instance\":\"[{client.Registration.Address}]:9100\"");
        exporter.Stop();
        await serving;
    }

    private static async Task ServeAsync(TcpListener listener)
    {
        const string text = "fleet_test_metric 4711\n";
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptTcpClientAsync();
                await using var stream = connection.GetStream();
                _ = await stream.ReadAsync(new byte[4096]);
                await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 200 OK\r\ncontent-type: text/plain; version=0.0.4\r\nconnection: close\r\ncontent-length: {text.Length}\r\n\r\n{text}"));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }
}
