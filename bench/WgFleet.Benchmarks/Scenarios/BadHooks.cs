using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Load;
using WgFleet.Benchmarks.Reports;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>
/// Clients ping a server with the worst possible hooks and one without hooks, in turns, because a machine's speed varies over
/// time. The hooks: a webhook that never answers and a program that sleeps.
/// </summary>
internal sealed class BadHooks : IScenario
{
    private const int Callers = 4;

    public string Name => "badhooks";

    public IReadOnlyList<string> Columns => ["hooks", "rounds", "requests/s", "p50 ms", "p99 ms", "lowest p99 ms", "highest p99 ms", "not 200"];

    public Chart Chart => new("Pings beside hooks that hang: p50 and p99, ms", [0], [3, 4]);

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        using var hooks = new UserHooks();
        var program = UserHooks.Program("sleep", "sleep 30");
        await using var receiver = await WebhookReceiver.StartAsync(Timeout.InfiniteTimeSpan);
        var bad = $$"""
            hooks:
              exec_dirs: []
              list:
                - {name: sleeps, exec: {command: {{program}}, user: root, timeout: 1m} }
                - {name: hangs, webhook: {url: "http://{{WebhookReceiver.EndPoint}}/", timeout: 1m} }
            """;

        // Enough rounds that one in which the machine was busy with something else does not change the result.
        List<LoadResult> without = [], with = [];
        for (var round = 0; round < bench.Repeat; round++)
        {
            without.Add(await MeasureAsync("", bench, cancellationToken));
            with.Add(await MeasureAsync(bad, bench, cancellationToken));
        }

        table.Add(Row("none", without));
        table.Add(Row("both hang", with));
    }

    private static async Task<LoadResult> MeasureAsync(string hooks, Bench bench, CancellationToken cancellationToken)
    {
        await using var gateway = new Gateway(hooks);
        var clients = gateway.Know(500, Names.Web);
        await gateway.StartAsync(cancellationToken);

        // Events for all hooks: two hundred wait behind those that hang.
        await Load.Callers.RunAsync(Gateway.EndPoint, Callers, 200, bench.Time, i => Requests.Ping(clients[i].Address, $"new-{i}"), cancellationToken);
        var pings = clients.Select(c => Requests.Ping(c.Address, null)).ToArray();
        await Load.Callers.RunAsync(Gateway.EndPoint, Callers, int.MaxValue, TimeSpan.FromSeconds(2), i => pings[i % pings.Length], cancellationToken);
        return await Load.Callers.RunAsync(Gateway.EndPoint, Callers, int.MaxValue, bench.Time, i => pings[i % pings.Length], cancellationToken);
    }

    private static IEnumerable<string> Row(string hooks, List<LoadResult> rounds)
    {
        var p99 = rounds.Select(r => r.Percentile(99)).Order().ToList();
        return
        [
            hooks, Figure.Count(rounds.Count), Figure.Count(Median(rounds.Select(r => r.PerSecond))),
            Figure.Milliseconds(Median(rounds.Select(r => r.Percentile(50)))), Figure.Milliseconds(Median(p99)),
            Figure.Milliseconds(p99[0]), Figure.Milliseconds(p99[^1]), Figure.Count(rounds.Sum(r => r.Failed)),
        ];
    }

    private static T Median<T>(IEnumerable<T> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
