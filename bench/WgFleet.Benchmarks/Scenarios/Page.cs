using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Load;
using WgFleet.Benchmarks.Reports;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>A browser requests the fleet's page.</summary>
internal sealed class Page : IScenario
{
    public string Name => "page";

    public IReadOnlyList<string> Columns => ["clients", "KB", "p50 ms", "p99 ms", "longest ms", "server CPU ms each", "pages", "not 200"];

    public Chart Chart => new("The fleet's page: p50 and p99, ms", [0], [2, 3]);

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        foreach (var count in bench.ClientsOr(2_000, 10_000))
        {
            await using var gateway = new Gateway();
            gateway.Know(count, Names.Web);
            var server = await gateway.StartAsync(cancellationToken);
            await Callers.RunAsync(Gateway.EndPoint, 1, 200, bench.Time, _ => Requests.Page, cancellationToken);

            using var one = HttpConnection.Open(Gateway.EndPoint);
            one.Send(Requests.Page);
            var cpu = server.Usage.Cpu;
            var load = await Callers.RunAsync(Gateway.EndPoint, 1, 500, bench.Time, _ => Requests.Page, cancellationToken);
            bench.Goals.Add(Goal.Page(count), load.Percentile(50).TotalMilliseconds);
            table.Add(
            [
                Figure.Count(count), Figure.Count(one.AnswerLength / 1024.0),
                Figure.Milliseconds(load.Percentile(50)), Figure.Milliseconds(load.Percentile(99)), Figure.Milliseconds(load.Longest),
                Figure.Milliseconds((server.Usage.Cpu - cpu) / load.Count), Figure.Count(load.Count), Figure.Count(load.Failed),
            ]);
        }
    }
}
