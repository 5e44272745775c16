using System.Net;
using WgFleet.Store;
using WgFleet.Store.Engine;

namespace WgFleet.Tests.Store;

/// <summary>What a batch of the writer leaves in the database, on both engines.</summary>
public abstract class StoreBatchTests(TestEngine engine)
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void One_client_may_get_the_name_that_another_gives_up_in_the_same_batch()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        var store = new FleetStore(database);
        store.Commit(Batch(b => b.Added.AddRange([Client(1, "web"), Client(2), Client(3, "db")])));

        store.Commit(Batch(b => b.Renamed.AddRange([new(1, "old"), new(2, "web"), new(2, "www"), new(3, "web")])));

        stored.Rows("SELECT id, hostname FROM clients ORDER BY id").ShouldBe(["1|old", "2|www", "3|web"]);
    }

    [Fact]
    public void A_name_that_a_client_gets_and_loses_in_one_batch_goes_to_another()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        var store = new FleetStore(database);
        store.Commit(Batch(b => b.Added.AddRange([Client(1, "web") with { NamedBy = "kim" }, Client(2), Client(3)])));

        store.Commit(Batch(b => b.Renamed.AddRange([new(1, null), new(2, "web"), new(2, null), new(3, "web", "ops"), new(1, "db"), new(1, null)])));

        stored.Rows("SELECT id, hostname, named_by FROM clients ORDER BY id").ShouldBe(["1|NULL|NULL", "2|NULL|NULL", "3|web|ops"]);
    }

    [Fact]
    public void An_orphaned_row_loses_the_name_that_a_client_of_its_fleet_gets()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        var store = new FleetStore(database);
        store.Commit(Batch(b => b.Added.AddRange([Client(1), Client(2, "web"), Client(3, "db"), Client(4, "web") with { Fleet = "beta" }])));

        store.Commit(Batch(b => b.Renamed.AddRange([new(1, "web"), new(3, null)])));

        stored.Rows("SELECT id, hostname FROM clients ORDER BY id").ShouldBe(["1|web", "2|NULL", "3|NULL", "4|web"]);
    }

    [Fact]
    public void A_batch_of_512_changes_of_every_kind_is_stored()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        var store = new FleetStore(database);
        store.Commit(Batch(b => b.Added.AddRange(Enumerable.Range(1, 512).Select(i => Client(i)))));
        store.Commit(Batch(b =>
        {
            b.RemovedIds.AddRange(Enumerable.Range(1, 100).Select(i => (long)i));
            b.Added.AddRange(Enumerable.Range(513, 100).Select(i => Client(i)));
            b.Renamed.AddRange(Enumerable.Range(101, 100).Select(i => new NameChange(i, $"n{i}", "kim")));
            b.Pinned.AddRange(Enumerable.Range(201, 100).Select(i => ((long)i, (Pin?)new Pin(Now, "kim"))));
            b.Presence.AddRange(Enumerable.Range(301, 100).Select(i => ((long)i, (DateTimeOffset?)Now)));
            b.Events.AddRange(Enumerable.Range(1, 512).Select(i => Event(i)));
            b.Tombstones.AddRange(Enumerable.Range(1, 100).Select(i => new Tombstone(Client(i)) { Sequence = i, RemovedAt = Now, LastPing = Now, Cause = "stale" }));
        }));

        stored.Rows("SELECT count(*), count(hostname), count(named_by), count(pinned_by), count(online_since), min(id) FROM clients").ShouldBe(["512|100|100|100|100|101"]);
        stored.Rows("SELECT count(*), max(seq) FROM events").ShouldBe(["512|512"]);
        stored.Rows("SELECT count(*) FROM removed_clients").ShouldBe(["100"]);
        store.LastSequence().ShouldBe(512);
    }

    [Fact]
    public void A_batch_with_an_event_that_is_there_already_writes_nothing()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        var store = new FleetStore(database);
        store.Commit(Batch(b => b.Events.Add(Event(1))));

        Should.Throw<StoreException>(() => store.Commit(Batch(b =>
        {
            b.Added.Add(Client(1));
            b.Events.AddRange([Event(2), Event(3, "evt_1")]);
        }))).Error.ShouldBe(StoreError.Unique);

        stored.Rows("SELECT count(*) FROM clients").ShouldBe(["0"]);
        store.LastSequence().ShouldBe(1);
        store.Commit(Batch(b => b.Events.Add(Event(2))));
    }

    [Fact]
    public void The_key_of_an_orphaned_row_is_free_for_a_new_client()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        var store = new FleetStore(database);
        var orphan = Client(1) with { Fleet = "gone" };
        store.Commit(Batch(b => b.Added.Add(orphan)));

        store.Commit(Batch(b =>
        {
            b.ReleasedKeys.Add(orphan.PublicKey.ToString());
            b.Added.Add(Client(2) with { PublicKey = orphan.PublicKey });
        }));

        stored.Rows("SELECT id, fleet_id FROM clients").ShouldBe(["2|alpha"]);
    }

    [Fact]
    public void Last_seen_times_and_endpoints_are_saved_and_those_of_removed_clients_are_not_an_error()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        var store = new FleetStore(database);
        store.Commit(Batch(b => b.Added.AddRange([Client(1), Client(2)])));

        store.SaveSeen([new(1, Now.AddMinutes(1), Now.AddMinutes(2), System.Net.IPEndPoint.Parse("[2001:db8::7]:51821")), new(77, Now, null, null)]);

        stored.Rows("SELECT id, timestamp, last_handshake, endpoint FROM clients ORDER BY id")
            .ShouldBe(["1|2026-01-02 03:05:05.000000|2026-01-02 03:06:05.000000|[2001:db8::7]:51821", "2|2026-01-02 03:04:05.000000|NULL|NULL"]);
    }

    [Fact]
    public void What_is_done_with_tokens_and_frozen_fleets_is_stored()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        var store = new FleetStore(database);
        database.Write(c => TokenStore.Add(c, new TokenRow { Id = "t1", Kind = TokenRow.Enrollment, Name = "lab", Hash = "h", CreatedAt = Now.UtcDateTime, MaxUses = 5, PruneTimeout = 60 }));

        store.Commit(Batch(b =>
        {
            b.Uses["t1"] = 3;
            b.Frozen.Add(("alpha", new FrozenFleet("alpha", Now, "kim")));
        }));

        new TokenStore(database).All().ShouldHaveSingleItem().ShouldSatisfyAllConditions(t => (t.Uses, t.MaxUses, t.PruneTimeout, t.ExpiresAt).ShouldBe((3, 5, 60, null)), t => t.CreatedAt.ShouldBe(Now.UtcDateTime));
        store.LoadFrozen().ShouldHaveSingleItem().ShouldBe(new FrozenFleet("alpha", Now, "kim"));
        store.Commit(Batch(b => b.Frozen.Add(("alpha", null))));
        store.LoadFrozen().ShouldBeEmpty();
    }

    private static StoreBatch Batch(Action<StoreBatch> fill)
    {
        var batch = new StoreBatch();
        fill(batch);
        return batch;
    }

    private static StoredClient Client(int id, string? hostname = null) => new()
    {
        Id = id, Fleet = "alpha", PublicKey = Some.Key(), Address = IPAddress.Parse($"fd00:a::{id:x}"), RequestAddress = "192.0.2.1", Hostname = hostname, RegisteredAt = Now, LastPing = Now,
    };

    private static EventRow Event(int sequence, string? id = null) => new() { Seq = sequence, Id = id ?? $"evt_{sequence}", Type = "client.added", Time = Now.UtcDateTime, Data = "{}" };
}

public sealed class SqliteStoreBatchTests() : StoreBatchTests(TestEngine.Sqlite);

public sealed class PostgresStoreBatchTests() : StoreBatchTests(TestEngine.Postgres);
