using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;
using WgFleet.WireGuard;

namespace WgFleet.Benchmarks.Costs;

/// <summary>Rows that the commit of a client and two events writes while fifty hooks wait for events, compared with none: the same.</summary>
internal static class CommitCost
{
    public static Cost Measure()
    {
        var folder = Directory.CreateTempSubdirectory("wg-fleet-costs-").FullName;
        try
        {
            using var database = SqliteDatabase.Open(Path.Combine(folder, "clients.db"), NullLogger.Instance);
            var without = Written(database);
            for (var i = 0; i < 50; i++)
                new HookStore(database).Create($"hook-{i}", 0, []);

            return new Cost("rows of a commit with fifty hooks", Written(database), without);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static long Written(Database database)
    {
        var store = new FleetStore(database);
        var last = store.LastSequence();
        var batch = new StoreBatch();
        for (var i = 1; i <= 2; i++)
            batch.Events.Add(new EventRow { Seq = last + i, Id = $"evt_{last + i}", Type = "client.added", Time = DateTime.UnixEpoch, Data = "{}" });

        var key = new byte[WireGuardKey.Length];
        Random.Shared.NextBytes(key);
        batch.Added.Add(new StoredClient
        {
            Id = last + 1, Fleet = "alpha", PublicKey = new WireGuardKey(key), Address = IPAddress.Parse($"fd00::{last + 1:x}"), RequestAddress = "192.0.2.1",
            LastPing = DateTimeOffset.UnixEpoch,
        });
        var before = Changes(database);
        store.Commit(batch);
        return Changes(database) - before;
    }

    private static long Changes(Database database) => database.Write(c => c.Number("SELECT total_changes()")!.Value);
}
