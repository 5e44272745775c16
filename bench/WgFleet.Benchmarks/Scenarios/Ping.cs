using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Load;
using WgFleet.Benchmarks.Reports;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>Clients ping and nothing changes: the usual load of a fleet.</summary>
internal sealed class Ping : IScenario
{
    public string Name => "ping";

    public IReadOnlyList<string> Columns => ["clients", "hostname", .. Meter.Columns];

    public Chart Chart => new("Pings per second, and the ceiling", [1, 2], [3, 4]);

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        foreach (var callers in bench.Callers)
            await bench.Ceiling.PerSecondAsync(callers, cancellationToken);

        foreach (var known in bench.ClientsOr(2_000))
        {
            await using var gateway = new Gateway();
            var clients = gateway.Know(known, Names.Web);
            var server = await gateway.StartAsync(cancellationToken);

            foreach (var named in new[] { true, false })
            {
                var requests = clients.Select(c => Requests.Ping(c.Address, named ? c.Hostname : null)).ToArray();
                byte[] Request(int number) => requests[number % requests.Length];
                await Callers.RunAsync(Gateway.EndPoint, 8, 5_000, bench.Time, Request, cancellationToken);

                foreach (var callers in bench.Callers)
                {
                    var (row, _) = await Meter.RunAsync(bench, server, callers, int.MaxValue, Request, cancellationToken);
                    table.Add([Figure.Count(known), named ? "the same" : "none", .. row]);
                }
            }
        }
    }
}
