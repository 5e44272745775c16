using System.Diagnostics;
using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Micro;
using WgFleet.Benchmarks.Reports;
using WgFleet.Fleets.Commands;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>
/// The reconciliation that the server does three times a minute, when all peers are as they should be: all peers are read from the
/// interface that a server has just filled, and compared. It runs in this process, so that it can be timed separately.
/// </summary>
internal sealed class Reconcile : IScenario
{
    private const int Looks = 21;

    public string Name => "reconcile";

    public IReadOnlyList<string> Columns => ["peers", "read ms", "compared ms", "both ms", "slowest ms", "changes found"];

    public Chart Chart => new("Reconciling peers that agree, ms", [0], [1, 2, 3]);

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        foreach (var count in bench.ClientsOr(2_000, 10_000))
        {
            await using var gateway = new Gateway();
            gateway.Know(count, Names.Web);
            await (await gateway.StartAsync(cancellationToken)).StopAsync();
            var device = await gateway.LookAsync(cancellationToken);
            var clients = Crowd.With(device.Peers.Select(p => (p.PublicKey, p.AllowedIps.Single().BaseAddress)));

            var (reads, comparisons, both, changes) = (new List<TimeSpan>(), new List<TimeSpan>(), new List<TimeSpan>(), 0);
            for (var i = 0; i < Looks; i++)
            {
                var start = Stopwatch.GetTimestamp();
                device = await gateway.LookAsync(cancellationToken);
                var read = Stopwatch.GetElapsedTime(start);
                changes += Reconciler.Difference(device, clients).Count;
                var all = Stopwatch.GetElapsedTime(start);

                reads.Add(read);
                comparisons.Add(all - read);
                both.Add(all);
            }

            table.Add(
            [
                Figure.Count(device.Peers.Count), Figure.Milliseconds(Duel.Middle(reads)), Figure.Milliseconds(Duel.Middle(comparisons)),
                Figure.Milliseconds(Duel.Middle(both)), Figure.Milliseconds(both.Max()), Figure.Count(changes),
            ]);
            if (count == 10_000)
                bench.Goals.Add(Goal.Reconcile, changes == 0 ? Duel.Middle(both).TotalMilliseconds : double.PositiveInfinity);
        }
    }
}
