using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Events;
using WgFleet.Hooks;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;

namespace WgFleet.Benchmarks.Micro;

/// <summary>What an event costs in the transaction of its change: the same, however many hooks want it. Waits for the disk.</summary>
public class EventCommit
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wg-fleet-micro-").FullName;
    private readonly Client _client = Crowd.Of(1).ToState().Clients.Single();
    private Database? _database;
    private long _sequence;

    /// <summary>How many hooks have a cursor in the database.</summary>
    [Params(0, 50)]
    public int Hooks { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _database = SqliteDatabase.Open(Path.Combine(_folder, $"clients-{Hooks}.db"), NullLogger.Instance);
        _sequence = new FleetStore(_database).LastSequence();
        for (var i = 0; i < Hooks; i++)
            new HookStore(_database).Create($"hook-{i}", 0, []);
    }

    [GlobalCleanup]
    public void Clean()
    {
        _database!.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(Description = "a commit of 100 events, each", OperationsPerInvoke = 100)]
    public void Commit()
    {
        var batch = new StoreBatch();
        for (var i = 0; i < 100; i++)
        {
            batch.Events.Add(EventJson.ToRow(
                new ClientHostnameChanged(_client, null) { Stamp = new($"evt_{Guid.CreateVersion7():N}", ++_sequence, DateTimeOffset.UtcNow) }));
        }

        new FleetStore(_database!).Commit(batch);
    }
}
