using System.Diagnostics;
using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Load;
using WgFleet.Benchmarks.Reports;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>The server starts with many clients in its database: after a restart, and after a reboot that removed the interface and its peers.</summary>
internal sealed class Start : IScenario
{
    public string Name => "start";

    public IReadOnlyList<string> Columns => ["clients", "started", "first answer s", "all peers there s", "slowest first answer s", "server CPU s", "starts"];

    public Chart Chart => new("Start: seconds to the first answer, and until all peers are there", [0, 1], [2, 3]);

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        foreach (var count in bench.ClientsOr(2_000, 10_000))
        {
            await using var gateway = new Gateway();
            var clients = gateway.Know(count, Names.Web);

            // The very first start creates the key and migrates the database. It is not measured because it happens only once.
            await (await gateway.StartAsync(cancellationToken)).StopAsync();

            foreach (var reboot in new[] { false, true })
            {
                var starts = new List<OneStart>();
                for (var i = 0; i < bench.Repeat; i++)
                {
                    if (reboot)
                        await gateway.RebootAsync();

                    starts.Add(await StartAsync(gateway, clients[0], count, cancellationToken));
                }

                if (!reboot)
                    bench.Goals.Add(Goal.Start(count), Median(starts.Select(s => s.FirstAnswer)).TotalSeconds);
                else if (count == 10_000)
                    bench.Goals.Add(Goal.Reboot, Median(starts.Select(s => s.AllPeers)).TotalSeconds);

                table.Add(
                [
                    Figure.Count(count), reboot ? "after a reboot" : "interface up",
                    Figure.Seconds(Median(starts.Select(s => s.FirstAnswer))), Figure.Seconds(Median(starts.Select(s => s.AllPeers))),
                    Figure.Seconds(starts.Max(s => s.FirstAnswer)), Figure.Seconds(Median(starts.Select(s => s.Cpu))), Figure.Count(starts.Count),
                ]);
            }
        }
    }

    private static async Task<OneStart> StartAsync(Gateway gateway, KnownClient client, int peers, CancellationToken cancellationToken)
    {
        var server = gateway.Launch();
        var answer = await server.AnswersAsync(Gateway.EndPoint, Requests.Ping(client.Address, client.Hostname), cancellationToken);
        var cpu = server.Usage.Cpu;

        // The peers are counted only once if all are there by now: counting takes time that is not the server's.
        var all = answer;
        while (await gateway.CountPeersAsync(cancellationToken) is var there && there != peers)
        {
            all = Stopwatch.GetElapsedTime(server.Started);
            if (all > TimeSpan.FromSeconds(60))
                throw new TimeoutException($"WireGuard has {there} peers after 60 s, but should have {peers}");
        }

        await server.StopAsync();
        return new OneStart(answer, all, cpu);
    }

    private static TimeSpan Median(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    /// <summary>What one start took: the time to the first answer, the time until all peers were there, and the processor time to the first answer.</summary>
    private sealed record OneStart(TimeSpan FirstAnswer, TimeSpan AllPeers, TimeSpan Cpu);
}
