using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Load;
using WgFleet.Benchmarks.Reports;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>How the cost of each operation grows with the number of clients. The goal is that it stays the same.</summary>
internal sealed class Growth : IScenario
{
    // 10,000 clients twice, with and without the simulation, to show its own cost.
    private static readonly (int Clients, bool Simulated)[] Sizes = [(100, false), (1_000, false), (10_000, false), (10_000, true), (100_000, true)];

    public string Name => "growth";

    public IReadOnlyList<string> Columns => ["", .. Sizes.Select(s => $"{Figure.Count(s.Clients)}{(s.Simulated ? " simulated" : "")}")];

    public Chart Chart => new("Cost by number of clients (each group in its own unit and scale)", [0], [1, 2, 3, 4, 5], Each: true);

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        var columns = new List<List<(string What, string Figure)>>();
        foreach (var (clients, simulated) in Sizes)
            columns.Add(await MeasureAsync(clients, simulated, bench.Time / 4, cancellationToken));

        for (var i = 0; i < columns[0].Count; i++)
            table.Add([columns[0][i].What, .. columns.Select(column => column[i].Figure)]);
    }

    private static async Task<List<(string What, string Figure)>> MeasureAsync(
        int count, bool simulated, TimeSpan time, CancellationToken cancellationToken)
    {
        await using var gateway = new Gateway(Against.Unthrottled, simulated);
        var clients = gateway.Know(count, Names.Web);
        var pings = clients.Select(c => Requests.Ping(c.Address, c.Hostname)).ToArray();
        await (await gateway.StartAsync(cancellationToken)).StopAsync();

        var starts = new List<TimeSpan>();
        for (var i = 0; i < 3; i++)
        {
            var started = gateway.Launch();
            starts.Add(await started.AnswersAsync(Gateway.EndPoint, pings[0], cancellationToken));
            await started.StopAsync();
        }

        var server = await gateway.StartAsync(cancellationToken);
        var renamed = 0;
        byte[] Rename() => Interlocked.Increment(ref renamed) is var n ? Requests.Ping(clients[n % count].Address, $"again-{n}") : null!;

        await RunAsync(8, () => pings[0]);
        var ping = await RunAsync(8, () => pings[Interlocked.Increment(ref renamed) % count]);
        await RunAsync(1, () => Requests.Page);
        var page = await RunAsync(1, () => Requests.Page);
        await RunAsync(8, Rename);
        var alone = await RunAsync(1, Rename);
        var rename = await RunAsync(64, Rename);

        // Each registration checks the files, so the default throttling is used.
        await server.StopAsync();
        gateway.ExtraConfig = "";
        server = await gateway.StartAsync(cancellationToken);
        await RunAsync(8, () => Requests.Register, 1_000);
        var first = await RunAsync(1, () => Requests.Register, 200);
        var register = await RunAsync(8, () => Requests.Register, 1_000);
        var resident = server.Usage.Resident;

        return
        [
            ("register, 8 callers: CPU ms", Figure.Milliseconds(register.Cpu)),
            ("register, alone: p50 ms", Figure.Milliseconds(first.Load.Percentile(50))),
            ("ping, 8 callers: CPU ms", Figure.Milliseconds(ping.Cpu)),
            ("rename, 64 callers: CPU ms", Figure.Milliseconds(rename.Cpu)),
            ("page: p50 ms", Figure.Milliseconds(page.Load.Percentile(50))),
            ("page: CPU ms", Figure.Milliseconds(page.Cpu)),
            ("sd, a change alone: p50 ms", Figure.Milliseconds(alone.Load.Percentile(50))),
            ("sd, a change alone: CPU ms", Figure.Milliseconds(alone.Cpu)),
            ("start, interface up, to first answer: s", Figure.Seconds(Duel.Middle(starts))),
            ("resident memory after load: MB", Figure.Megabytes(resident)),
        ];

        async Task<(LoadResult Load, TimeSpan Cpu)> RunAsync(int callers, Func<byte[]> request, int most = int.MaxValue)
        {
            var cpu = server.Usage.Cpu;
            var load = await Callers.RunAsync(Gateway.EndPoint, callers, most, time, _ => request(), cancellationToken);
            return load.Failed == 0
                ? (load, (server.Usage.Cpu - cpu) / load.Count)
                : throw new IOException($"{load.Failed} of {load.Count} requests were not answered with 200");
        }
    }
}
