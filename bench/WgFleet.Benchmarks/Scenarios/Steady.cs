using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Load;
using WgFleet.Benchmarks.Reports;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>How long pings wait while the server has heavy work to do: one caller for each processor, each with a ping every 2 ms.</summary>
internal sealed class Steady : IScenario
{
    private const string SlowHook = "/run/slow-hook";

    public string Name => "steady";

    public IReadOnlyList<string> Columns => ["meanwhile", "pings", "p50 ms", "p99 ms", "longest ms", "not 200"];

    public Chart Chart => new("Pings while something else goes on: p50 and p99, ms", [0], [2, 3]);

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(SlowHook, "#!/bin/sh\nsleep 5\n", cancellationToken);
        File.SetUnixFileMode(SlowHook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var count = bench.ClientsOr(2_000)[0];
        await using (var gateway = new Gateway($"""
            hooks:
              list:
                - name: slow
                  exec:
                    command: {SlowHook}
                    user: root
            """))
        {
            var clients = gateway.Know(count, _ => null);
            var others = gateway.Know(100, Names.Web);
            await gateway.StartAsync(cancellationToken);
            await Callers.RunAsync(Gateway.EndPoint, 8, 8_000, bench.Time, i => Requests.Ping(others[i % 50].Address, null), cancellationToken);

            Add(table, "nothing", await MeanwhileAsync(others, () => Task.Delay(bench.Time / 2, cancellationToken)));

            // Each new name is an event, and the hook needs five seconds for each event.
            var hook = await MeanwhileAsync(others, () => Callers.RunAsync(
                Gateway.EndPoint, 1, int.MaxValue, bench.Time / 2, i => Requests.Ping(others[50].Address, $"again-{i}"), cancellationToken));
            Add(table, "a slow hook", hook);

            var storm = await MeanwhileAsync(others, () => Storm.RageAsync(clients, cancellationToken));
            Add(table, $"a storm of {Figure.Count(count)}", storm);
            bench.Goals.Add(Goal.PingBesideHook, hook.Percentile(99).TotalMilliseconds);
            bench.Goals.Add(Goal.PingInStorm, storm.Percentile(99).TotalMilliseconds);
        }

        var pings = (await Prune.SweepAsync(count, others: true, cancellationToken)).Meanwhile[0];
        Add(table, $"a prune of {Figure.Count(count)}", pings);
        bench.Goals.Add(Goal.PingInPrune, pings.Percentile(99).TotalMilliseconds);
    }

    private static async Task<LoadResult> MeanwhileAsync(IReadOnlyList<KnownClient> others, Func<Task> work)
    {
        var pinging = Enumerable.Range(0, Environment.ProcessorCount)
            .Select(_ => new Bystander(Gateway.EndPoint, i => Requests.Ping(others[i % 50].Address, null), TimeSpan.FromMilliseconds(2)))
            .ToList();
        try
        {
            await work();
            return LoadResult.Of(pinging.Select(p => p.Finish()));
        }
        finally
        {
            pinging.ForEach(p => p.Dispose());
        }
    }

    private static void Add(Table table, string meanwhile, LoadResult pings) => table.Add(
    [
        meanwhile, Figure.Count(pings.Count), Figure.Milliseconds(pings.Percentile(50)), Figure.Milliseconds(pings.Percentile(99)),
        Figure.Milliseconds(pings.Longest), Figure.Count(pings.Failed),
    ]);
}
