using System.Net;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.WireGuard;

namespace WgFleet.Tests.Store;

/// <summary>On both engines.</summary>
public abstract class ClientColumnsTests(TestEngine engine)
{
    [Fact]
    public void Every_column_of_the_tables_of_clients_and_tombstones_is_read_and_written()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();

        Sorted(ClientColumns.OfClients.Names).ShouldBe(stored.Columns("clients"));
        Sorted(ClientColumns.OfTombstones.Names).ShouldBe(stored.Columns("removed_clients"));
    }

    [Fact]
    public void Every_column_of_a_client_is_restored_from_its_row_and_from_its_tombstone()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var row = new StoredClient
        {
            Id = 7, Fleet = "alpha", PublicKey = Some.Key(), Address = IPAddress.Parse("fd00:a::7"), SecondAddress = IPAddress.Parse("10.7.0.7"), RequestAddress = "192.0.2.1", Hostname = "web", NamedBy = "ops", RegisteredAt = at,
            PruneTimeout = TimeSpan.FromHours(6), Tags = Tags.Read("room=4"), Pinned = new Pin(at.AddDays(1), "kim"), OnlineSince = at.AddDays(2), LastPing = at.AddDays(3), LastHandshake = at.AddDays(4),
            Endpoint = IPEndPoint.Parse("[2001:db8::7]:51821"), PresharedKey = PresharedKey.Generate(),
        };
        var tombstone = new Tombstone(row with { OnlineSince = null })
        {
            Sequence = 9, RemovedAt = at.AddDays(5), Cause = "removed", RemovedBy = "ops", LastPing = at.AddDays(6), LastHandshake = at.AddDays(7), LastTraffic = at.AddDays(8),
        };

        database.Write(c =>
        {
            ClientTable.Insert(c, [row]);
            TombstoneTable.Insert(c, [tombstone]);
        });

        database.Read(ClientTable.Load).Clients.ShouldHaveSingleItem().ShouldBe(row);
        database.Read(c => TombstoneTable.Page(c, null, long.MaxValue, 9)).ShouldHaveSingleItem().ShouldBe(tombstone);
    }

    [Fact]
    public void A_new_column_needs_a_property_a_line_and_a_migration()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();

        // The migration.
        stored.Execute("ALTER TABLE clients ADD colour TEXT NULL");

        // The line; the property is in the record below.
        var columns = new Columns<ColouredClient>(
        [
            .. ClientColumns.Shared<ColouredClient>(c => c.InClients),
            new("timestamp", c => c.RegisteredAt, (c, _) => c),
            new("colour", c => c.Colour, (c, field) => c with { Colour = field.TextOrNull }),
        ]);

        database.Write(c => c.Execute(
            $"INSERT INTO clients ({columns.Names}) VALUES ({columns.Parameters})",
            columns.Values(new ColouredClient { Id = 1, Fleet = "alpha", PublicKey = Some.Key(), Address = IPAddress.Parse("fd00:a::7"), RegisteredAt = DateTimeOffset.UnixEpoch, Colour = "green" })));

        database.Read(c => c.Query($"SELECT {columns.Names} FROM clients", row => columns.Read(new ColouredClient(), row))).ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(c => c.Colour.ShouldBe("green"), c => c.Fleet.ShouldBe("alpha"));
        database.Read(ClientTable.Load).Clients.Count.ShouldBe(1, "the program that knows no colour reads its client all the same");
    }

    [Fact]
    public void A_row_that_cannot_be_read_is_skipped_and_logged()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        // A time of PostgreSQL is always one.
        var yesterday = engine == TestEngine.Sqlite ? ("fd00:a::4", "yesterday") : ("fd00:a::4::", "2026-01-02 03:04:05.000000");
        foreach (var (id, key, ip, time) in new[] { (1, Some.Key().ToString(), "fd00:a::1", "2026-01-02 03:04:05.000000"), (2, "no key", "fd00:a::2", "2026-01-02 03:04:05.000000"), (3, Some.Key().ToString(), "nowhere", "2026-01-02 03:04:05.000000"), (4, Some.Key().ToString(), yesterday.Item1, yesterday.Item2) })
            stored.Execute($"INSERT INTO clients (id, fleet_id, public_key, assigned_ip, http_request_ip, timestamp) VALUES ({id}, 'alpha', '{key}', '{ip}', '::1', '{time}')");

        var loaded = database.Read(ClientTable.Load);

        loaded.Clients.Select(c => c.Id).ShouldBe([1]);
        loaded.Unreadable.Select(c => (c.Id, c.Fleet)).ShouldBe([(2, "alpha"), (3, "alpha"), (4, "alpha")]);
        loaded.LastId.ShouldBe(4);
    }

    [Fact]
    public async Task Of_two_rows_with_one_address_in_two_spellings_the_later_one_is_loaded_and_the_other_is_logged()
    {
        await using var test = await TestRegistry.StartAsync(engine);
        await test.Registry.StopAsync();
        await test.StopAsync();
        foreach (var (id, ip) in new[] { (1, "fd00:a::17"), (2, "fd00:a:0::17") })
            test.Stored.Execute($"INSERT INTO clients (id, fleet_id, public_key, assigned_ip, http_request_ip, timestamp) VALUES ({id}, 'alpha', '{Some.Key()}', '{ip}', '::1', '2026-01-02 03:04:05.000000')");

        await test.StartAgainAsync();

        test.Alpha.ById.Keys.ShouldBe([2]);
        test.Log.Lines.ShouldContain(l => l.Message == "Client 1 of fleet alpha has the address fd00:a::17 of a later client in the database: left out; it must register again");
    }

    private static IEnumerable<string> Sorted(string names) => names.Split(", ").Order(StringComparer.Ordinal);

    private sealed record ColouredClient : ClientRecord
    {
        public string? Colour { get; init; }
    }
}

public sealed class SqliteClientColumnsTests() : ClientColumnsTests(TestEngine.Sqlite);

public sealed class PostgresClientColumnsTests() : ClientColumnsTests(TestEngine.Postgres);
