using System.Diagnostics;
using System.Globalization;
using System.Net;
using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Limits;
using WgFleet.Benchmarks.Reports;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>Clients ping and nothing changes, with wrk(1) as the caller: one connection for each processor.</summary>
internal sealed class Wrk : IScenario
{
    public string Name => "wrk";

    public IReadOnlyList<string> Columns => ["server", "clients", "connections", "requests/s", "p50 ms", "p99 ms", "server CPU ms each", "not 200"];

    public Chart Chart => new("Pings per second with wrk", [0], [3]);

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        await using var gateway = new Gateway();
        var clients = gateway.Know(2_000, Names.Web);
        var server = await gateway.StartAsync(cancellationToken);
        await RunAsync(Gateway.EndPoint, clients, 3, cancellationToken);

        var cpu = server.Usage.Cpu;
        var ours = await RunAsync(Gateway.EndPoint, clients, (int)Math.Ceiling(bench.Time.TotalSeconds), cancellationToken);
        var each = (server.Usage.Cpu - cpu) / ours.Requests;
        bench.Goals.Add(Goal.PingRate, ours.PerSecond);
        bench.Goals.Add(Goal.PingCpu, each.TotalMilliseconds);
        table.Add(Row("wg-fleet", ours, each));

        await using var limit = await LimitProcess.StartAsync(0, cancellationToken);
        await RunAsync(LimitServer.EndPoint, clients, 1, cancellationToken);
        cpu = limit.Process.Usage.Cpu;
        var least = await RunAsync(LimitServer.EndPoint, clients, (int)Math.Ceiling(bench.Time.TotalSeconds), cancellationToken);
        table.Add(Row("limit", least, (limit.Process.Usage.Cpu - cpu) / least.Requests));
    }

    private static IEnumerable<string> Row(string server, Outcome outcome, TimeSpan each) =>
    [
        server, "2,000", Figure.Count(Environment.ProcessorCount), Figure.Count(outcome.PerSecond), Figure.Milliseconds(outcome.P50),
        Figure.Milliseconds(outcome.P99),
        Figure.Milliseconds(each), Figure.Count(outcome.Failed),
    ];

    private static async Task<Outcome> RunAsync(IPEndPoint to, IReadOnlyList<KnownClient> clients, int seconds, CancellationToken cancellationToken)
    {
        var script = Path.Combine(Path.GetTempPath(), $"wg-fleet-{Environment.ProcessId}.lua");
        await File.WriteAllTextAsync(script, Script(clients), cancellationToken);
        try
        {
            var cores = $"{Environment.ProcessorCount}";
            using var wrk = Process.Start(
                new ProcessStartInfo("wrk", ["-t", cores, "-c", cores, "-d", $"{seconds}", "-s", script, $"http://{to}"]) { RedirectStandardOutput = true })!;
            var output = await wrk.StandardOutput.ReadToEndAsync(cancellationToken);
            await wrk.WaitForExitAsync(cancellationToken);
            var numbers = output.Split('\n').FirstOrDefault(l => l.StartsWith("figures ", StringComparison.Ordinal))?.Split(' ').Skip(1)
                .Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray() ?? throw new IOException($"wrk said: {output}");
            return new Outcome(
                (int)numbers[0], numbers[0] / numbers[1] * 1e6, TimeSpan.FromMicroseconds(numbers[2]), TimeSpan.FromMicroseconds(numbers[3]), (int)numbers[4]);
        }
        finally
        {
            File.Delete(script);
        }
    }

    // The requests are made in advance, as those of our own callers are. wrk measures in microseconds.
    private static string Script(IReadOnlyList<KnownClient> clients) => $$"""
        local clients = {{{string.Join(",", clients.Select(c => $"{{\"{c.Address}\",\"{c.Hostname}\"}}"))}}}
        local requests, next = {}, 0
        init = function()
          for i, c in ipairs(clients) do
            requests[i] = wrk.format("POST", "/fleet/{{Gateway.Fleet}}/ping", {["X-Forwarded-For"] = c[1], ["Content-Type"] = "application/json"}, '{"hostname":"' .. c[2] .. '"}')
          end
        end
        request = function()
          next = next % #requests + 1
          return requests[next]
        end
        done = function(summary, latency)
          local e = summary.errors
          io.write(string.format("figures %d %d %f %f %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
            e.connect + e.read + e.write + e.status + e.timeout))
        end
        """;

    private sealed record Outcome(int Requests, double PerSecond, TimeSpan P50, TimeSpan P99, int Failed);
}
