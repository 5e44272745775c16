using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Load;
using WgFleet.Benchmarks.Reports;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>Machines register in a fleet with few clients and in one with many.</summary>
internal sealed class Register : IScenario
{
    public string Name => "register";

    public IReadOnlyList<string> Columns => ["clients before", .. Meter.Columns];

    public Chart Chart => new("Server CPU for a registration, ms", [0, 1], [7]);

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        foreach (var callers in bench.Callers)
            await bench.Ceiling.PerSecondAsync(callers, cancellationToken);

        foreach (var known in bench.ClientsOr(0, 10_000))
        {
            await using var gateway = new Gateway();
            gateway.Know(known, Names.Web);
            var server = await gateway.StartAsync(cancellationToken);
            await Callers.RunAsync(Gateway.EndPoint, 8, 2_000, bench.Time, _ => Requests.Register, cancellationToken);

            foreach (var callers in bench.Callers)
            {
                var before = await gateway.CountPeersAsync(cancellationToken);
                var (row, _) = await Meter.RunAsync(bench, server, callers, bench.Requests, _ => Requests.Register, cancellationToken);
                table.Add([Figure.Count(before), .. row]);
            }
        }
    }
}
