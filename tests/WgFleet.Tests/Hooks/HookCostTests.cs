using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using WgFleet.Store;
using WgFleet.Store.Engine;

namespace WgFleet.Tests.Hooks;

/// <summary>What hooks may not cost. Times are measured by bench/run.</summary>
[Collection(nameof(WholeProcess))]
public class HookCostTests
{
    [Fact]
    public void A_change_writes_the_same_rows_with_fifty_hooks_as_with_none()
    {
        using var folder = new Folder();
        using var database = Database.Open(folder.File("clients.db"), NullLogger.Instance);
        var without = WrittenByAChange(database);

        var hooks = new HookStore(database);
        for (var i = 0; i < 50; i++)
            hooks.Create($"hook-{i}", 0, []);

        WrittenByAChange(database).ShouldBe(without);
        without.ShouldBe(3);
    }

    [Fact]
    public void Moving_the_cursors_of_fifty_handlers_moves_those_behind_and_no_other()
    {
        using var folder = new Folder();
        using var database = Database.Open(folder.File("clients.db"), NullLogger.Instance);
        var hooks = new HookStore(database);
        var names = Enumerable.Range(0, 50).Select(i => $"hook-{i}").ToList();
        names.ForEach(name => hooks.Create(name, name == "hook-7" ? 9 : 0, []));
        hooks.Create("other", 0, []);

        hooks.Advance(names, 5);

        names.Select(name => hooks.Find(name)!.Cursor).ShouldBe(names.Select(name => name == "hook-7" ? 9L : 5L));
        hooks.Find("other")!.Cursor.ShouldBe(0);
    }

    /// <summary>Rows that SQLite says were written by the commit of two events and a client.</summary>
    private static long WrittenByAChange(Database database)
    {
        var store = new FleetStore(database);
        var last = store.LastSequence();
        var batch = new StoreBatch();
        for (var i = 1; i <= 2; i++)
            batch.Events.Add(new EventRow { Seq = last + i, Id = $"evt_{last + i}", Type = "client.added", Time = DateTime.UnixEpoch, Data = "{}" });

        batch.Added.Add(new StoredClient
        {
            Id = last + 1, Fleet = "alpha", PublicKey = Some.Key(), Address = IPAddress.Parse($"fd00::{last + 1:x}"), RequestAddress = "192.0.2.1", LastPing = DateTimeOffset.UnixEpoch,
        });
        var before = Changes(database);
        store.Commit(batch);
        return Changes(database) - before;
    }

    private static long Changes(Database database) => database.Write(c => c.Number("SELECT total_changes()")!.Value);
}
