using BenchmarkDotNet.Attributes;
using WgFleet.Fleets.Commands;
using WgFleet.Fleets.Naming;
using WgFleet.Fleets.State;

namespace WgFleet.Benchmarks.Micro;

/// <summary>What the writer computes for a batch, without database and WireGuard; and what a projection reads afterwards.</summary>
public class SnapshotUpdate
{
    private readonly HostnameHints _hints = new();
    private Snapshot _snapshot = null!;

    /// <summary>How many clients there are.</summary>
    [Params(100, 10_000)]
    public int Clients { get; set; }

    [GlobalSetup]
    public void Prepare() => _snapshot = Crowd.Of(Clients);

    [Benchmark(Description = "a batch of one renaming")]
    public object One() => Rename(1);

    [Benchmark(Description = "a batch of 64 renamings, each", OperationsPerInvoke = 64)]
    public object Many() => Rename(64);

    [Benchmark(Description = "all clients as hooks see them")]
    public int Show()
    {
        var named = 0;
        foreach (var client in _snapshot.ToState().Clients)
            named += client.Fqdn is null ? 0 : 1;

        return named;
    }

    private Snapshot Rename(int count)
    {
        var draft = new Batch(_snapshot, _snapshot.Fleets[0].ById[1].RegisteredAt, _ => _hints, _ => false, _ => false, Clients);
        for (var id = 1; id <= count; id++)
            new RequestHostnameCommand(Crowd.Fleet.Name, _snapshot.Fleets[0].ById[id].Address, $"new-{id}", _ => false).Decide(draft);

        return draft.ToSnapshot();
    }
}
