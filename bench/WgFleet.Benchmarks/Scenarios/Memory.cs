using WgFleet.Benchmarks.Gateways;
using WgFleet.Benchmarks.Load;
using WgFleet.Benchmarks.Reports;

namespace WgFleet.Benchmarks.Scenarios;

/// <summary>The server's memory: after its start, and after every client has got a name, has pinged, and its peer was read.</summary>
internal sealed class Memory : IScenario
{
    public string Name => "memory";

    public IReadOnlyList<string> Columns =>
        ["clients", "after start MB", "after load MB", "25 s later MB", "at most MB", "WireGuard after load MB"];

    public Chart Chart => new("Resident memory, MB", [0], [1, 2, 3, 4]);

    public async Task RunAsync(Bench bench, Table table, CancellationToken cancellationToken)
    {
        foreach (var count in bench.ClientsOr(2_000, 10_000))
        {
            await using var gateway = new Gateway();
            var clients = gateway.Know(count, _ => null);
            var server = await gateway.StartAsync(cancellationToken);
            var atStart = server.Usage.Resident;

            await Callers.RunAsync(
                Gateway.EndPoint, 64, count, TimeSpan.FromSeconds(60), i => Requests.Ping(clients[i].Address, Names.HalfClash(i)), cancellationToken);
            var pings = clients.Select(c => Requests.Ping(c.Address, null)).ToArray();
            await Callers.RunAsync(Gateway.EndPoint, 64, int.MaxValue, bench.Time, i => pings[i % count], cancellationToken);
            await Callers.RunAsync(Gateway.EndPoint, 2, 50, bench.Time, _ => Requests.Page, cancellationToken);
            var afterLoad = server.Usage.Resident;
            var wireGuard = ProcessUsage.OfWireGuard();

            bench.Goals.Add(Goal.Memory(count), afterLoad / 1e6);

            // Time for the server to read the interface once more, and to return memory to the system.
            await Task.Delay(TimeSpan.FromSeconds(25), cancellationToken);
            var usage = server.Usage;
            table.Add(
            [
                Figure.Count(count), Figure.Megabytes(atStart), Figure.Megabytes(afterLoad), Figure.Megabytes(usage.Resident), Figure.Megabytes(usage.Peak),
                wireGuard is { } w ? Figure.Megabytes(w.Resident) : "in the kernel",
            ]);
        }
    }
}
