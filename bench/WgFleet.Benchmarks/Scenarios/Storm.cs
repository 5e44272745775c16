using System.Diagnostics;
using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Load;
using WgFleet.Benchmarks.Reports;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>All clients ask for a hostname at the same moment, each on its own connection; half of them ask for the same one.</summary>
internal sealed class Storm : IScenario
{
    public string Name => "storm";

    public IReadOnlyList<string> Columns =>
    [
        "clients", "all answered s", "hosts file right s", "hosts file writes", "p50 ms", "longest ms", "server CPU ms each",
        "pings of others", "their p99 ms", "their longest ms", "not 200",
    ];

    public Chart Chart => new("A storm of names: seconds until all is answered, and until the hosts file is right", [0], [1, 2]);

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        foreach (var count in bench.ClientsOr(2_000, 10_000))
            table.Add(await RunAsync(bench, count, cancellationToken));
    }

    private static async Task<IEnumerable<string>> RunAsync(Bench bench, int count, CancellationToken cancellationToken)
    {
        await using var gateway = new Gateway();
        var clients = gateway.Know(count, _ => null);
        var others = gateway.Know(100, Names.Web);
        var server = await gateway.StartAsync(cancellationToken);
        using var hosts = new HostsWatch();

        // Warm up: the hot code of a server that has run for a while is compiled.
        var pings = others.Select(c => Requests.Ping(c.Address, c.Hostname)).ToArray();
        await Callers.RunAsync(Gateway.EndPoint, 8, 4_000, bench.Time, i => pings[i % 100], cancellationToken);
        await Callers.RunAsync(
            Gateway.EndPoint, 32, 1_000, bench.Time, i => Requests.Ping(others[i % 100].Address, $"warm-{i % 100}-{i / 100}"), cancellationToken);

        await hosts.QuietAsync(cancellationToken);
        var (writes, cpu) = (hosts.Writes, server.Usage.Cpu);
        using var bystander = new Bystander(Gateway.EndPoint, i => Requests.Ping(others[i % 100].Address, null), TimeSpan.FromMilliseconds(2));
        var (answered, right) = await RageAsync(clients, cancellationToken);
        var meanwhile = bystander.Finish();
        await hosts.QuietAsync(cancellationToken);

        bench.Goals.Add(Goal.Storm(count), Math.Max(answered.Elapsed.TotalSeconds, right.TotalSeconds));
        bench.Goals.Add(Goal.StormWrites(count), hosts.Writes - writes);
        return
        [
            Figure.Count(count), Figure.Seconds(answered.Elapsed), Figure.Seconds(right), Figure.Count(hosts.Writes - writes),
            Figure.Milliseconds(answered.Percentile(50)), Figure.Milliseconds(answered.Longest),
            Figure.Milliseconds((server.Usage.Cpu - cpu) / count),
            Figure.Count(meanwhile.Count), Figure.Milliseconds(meanwhile.Percentile(99)), Figure.Milliseconds(meanwhile.Longest),
            Figure.Count(answered.Failed + meanwhile.Failed),
        ];
    }

    /// <summary>Runs the storm: all clients ask for a hostname. Returns when the hosts file has all of them, with the time when that was.</summary>
    public static async Task<(LoadResult Answered, TimeSpan Right)> RageAsync(IReadOnlyList<KnownClient> clients, CancellationToken cancellationToken)
    {
        var requests = clients.Select((c, i) => Requests.Ping(c.Address, Names.HalfClash(i))).ToList();
        var connections = clients.Select(_ => HttpConnection.Open(Gateway.EndPoint)).ToList();
        try
        {
            var start = Stopwatch.GetTimestamp();
            var waits = await Task.WhenAll(connections.Zip(requests, (connection, request) => AskAsync(connection, request, start, cancellationToken)));
            var answered = LoadResult.Of(Stopwatch.GetElapsedTime(start), waits);
            return (answered, await HostsWatch.IsAsync(names => Right(names, clients), start, cancellationToken));
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    // Each wait is measured from the start of the storm, so that a request that is sent late counts as late.
    private static async Task<Waits> AskAsync(HttpConnection connection, byte[] request, long start, CancellationToken cancellationToken)
    {
        var status = await connection.SendAsync(request, cancellationToken);
        var wait = new Waits();
        wait.Add(Stopwatch.GetElapsedTime(start), status == 200);
        return wait;
    }

    private static bool Right(Dictionary<string, string> names, IReadOnlyList<KnownClient> clients)
    {
        for (var i = 0; i < clients.Count; i++)
        {
            if (!names.TryGetValue(clients[i].Address.ToString(), out var name) || !Names.Fits(name, Names.HalfClash(i)))
                return false;
        }

        return names.Values.Distinct().Count() == names.Count;
    }
}
