using System.Diagnostics;
using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Reports;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>The server's processor time while nobody asks it for anything: its clients' tunnels live, so it notes handshakes and traffic, and saves them.</summary>
internal sealed class Idle : IScenario
{
    // The interface is read every 20 s.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(45), Time = TimeSpan.FromSeconds(60);

    public string Name => "idle";

    public IReadOnlyList<string> Columns => ["clients", "seconds", "server CPU ms", "% of one core", "resident MB"];

    public Chart Chart => new("Processor time of an idle server, % of one core", [0], [3]);

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        foreach (var count in bench.ClientsOr(2_000, 10_000))
        {
            await using var gateway = new Gateway(simulated: true, alive: true);
            gateway.Know(count, Names.Web);
            var server = await gateway.StartAsync(cancellationToken);
            await Task.Delay(Settling, cancellationToken);
            await RequireOnlineAsync(count, cancellationToken);

            var (before, start) = (server.Usage, Stopwatch.GetTimestamp());
            await Task.Delay(Time, cancellationToken);
            var (after, time) = (server.Usage, Stopwatch.GetElapsedTime(start));

            var cpu = after.Cpu - before.Cpu;
            var share = 100 * (cpu / time);
            table.Add([Figure.Count(count), Figure.Seconds(time), Figure.Milliseconds(cpu), Figure.Ratio(share), Figure.Megabytes(after.Resident)]);
            if (count == 10_000)
                bench.Goals.Add(Goal.Idle, share);
        }
    }

    /// <summary>An idle server whose clients are offline would have less to do than the table says.</summary>
    private static async Task RequireOnlineAsync(int count, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync($"http://{Gateway.EndPoint}/metrics", cancellationToken);
        var expected = $"wgfleet_clients_online{{fleet=\"{Gateway.Fleet}\"}} {count}";
        if (!metrics.Split('\n').Contains(expected))
            throw new InvalidDataException($"not all clients are online: /metrics has no line '{expected}'");
    }
}
