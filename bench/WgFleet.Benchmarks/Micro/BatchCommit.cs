using System.Net;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Postgres;
using WgFleet.Store.Sqlite;
using WgFleet.Testing;
using WgFleet.WireGuard;

namespace WgFleet.Benchmarks.Micro;

/// <summary>What the writer's largest batch costs, 512 registrations with their events, on both engines. Waits for the disk.</summary>
public class BatchCommit
{
    private const int Size = 512;

    private readonly string _folder = Directory.CreateTempSubdirectory("wg-fleet-micro-").FullName;
    private PostgresServer? _server;
    private Database? _database;
    private long _last;

    [Params(TestEngine.Sqlite, TestEngine.Postgres)]
    public TestEngine Engine { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        if (Engine == TestEngine.Sqlite)
        {
            _database = SqliteDatabase.Open(Path.Combine(_folder, "clients.db"), NullLogger.Instance);
            return;
        }

        // Kept, since it ends when nothing refers to it any longer.
        _server = new PostgresServer(isDurable: true);
        _database = PostgresDatabase.Open(_server.ConnectionString(_server.CreateDatabase()), NullLogger.Instance);
    }

    [GlobalCleanup]
    public void Clean()
    {
        _database!.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(Description = "a commit of 512 registrations")]
    public void Commit()
    {
        var batch = new StoreBatch();
        var key = new byte[WireGuardKey.Length];
        var now = DateTimeOffset.UtcNow;
        for (var i = 0; i < Size; i++)
        {
            Random.Shared.NextBytes(key);
            var id = ++_last;
            batch.Added.Add(new StoredClient
            {
                Id = id, Fleet = "alpha", PublicKey = new WireGuardKey(key), Address = IPAddress.Parse($"fd00::{id >> 16:x}:{id & 0xffff:x}"), RequestAddress = "192.0.2.1",
                RegisteredAt = now, LastPing = now,
            });
            batch.Events.Add(new EventRow
            {
                Seq = id, Id = $"evt_{Guid.CreateVersion7():N}", Type = "client.added", Fleet = "alpha", Subject = $"fleets/alpha/clients/{id}", Time = now.UtcDateTime, Client = id,
                Data = $$$"""{"client":{"fleet":"alpha","ip":"fd00::{{{id:x}}}","public_key":"{{{batch.Added[^1].PublicKey}}}","request_address":"192.0.2.1"}}""",
            });
        }

        new FleetStore(_database!).Commit(batch);
    }
}
