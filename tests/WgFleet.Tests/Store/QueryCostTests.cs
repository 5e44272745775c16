using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;
using WgFleet.Testing;

namespace WgFleet.Tests.Store;

/// <summary>What requests read costs as many steps of SQLite in a log of 100,000 events as in one of 10,000.</summary>
public class QueryCostTests
{
    private const int Small = 10_000;
    private const int Large = 100_000;

    [Theory]
    [InlineData(null, null, null, false)]
    [InlineData("startup", null, null, false)]
    [InlineData("client.online", null, null, false)]
    [InlineData("client.lost", null, null, false)]
    [InlineData(null, "beta", null, false)]
    [InlineData(null, "alpha", null, false)]
    [InlineData("client.added", "beta", null, false)]
    [InlineData("startup", null, null, true)]
    [InlineData(null, null, null, true)]
    [InlineData(null, null, "pi", false)]
    [InlineData("startup", "beta", "nobody", false)]
    public void A_page_of_events_costs_the_same_in_a_log_of_any_length(string? type, string? fleet, string? client, bool since) => ShouldCostTheSame((c, queries) =>
        queries.Latest(c, new EventFilter(type, fleet, client, since ? DateTime.UnixEpoch.AddSeconds(500) : null), 100));

    [Fact]
    public void The_last_events_and_those_behind_a_number_cost_the_same_in_a_log_of_any_length()
    {
        ShouldCostTheSame((c, _) => EventTable.Latest(c, 100));
        ShouldCostTheSame((c, _) => EventTable.After(c, 50, long.MaxValue, 100));
        ShouldCostTheSame((c, _) => EventTable.FirstSince(c, DateTimeOffset.UnixEpoch.AddSeconds(700)));
    }

    [Theory]
    [InlineData("pi", null)]
    [InlineData("pi", "alpha")]
    [InlineData("pi", "beta")]
    [InlineData("pi.alpha.example.test", null)]
    [InlineData("K1007", null)]
    [InlineData("K7", null)]
    [InlineData("K7", "alpha")]
    [InlineData("fd00:a::1007", "alpha")]
    [InlineData("back", null)]
    [InlineData("back", "alpha")]
    [InlineData("Kb", null)]
    [InlineData("fd00:a::b", null)]
    [InlineData("nobody", null)]
    public void The_history_of_a_client_costs_the_same_in_a_log_of_any_length(string text, string? fleet) => ShouldCostTheSame((c, _) =>
        new EventHistory(c.Dialect).Latest(c, text, text == "K7" ? 7 : null, fleet, 100), 3_000);

    [Fact]
    public void How_far_hooks_are_behind_costs_the_same_however_far_that_is() => ShouldCostTheSame((c, _) => c.Query(HookQueries.Backlogs, row => row[2].Number), 20_000);

    [Fact]
    public void A_page_of_one_type_and_fleet_has_the_same_events_as_a_search_through_the_log()
    {
        using var folder = new Folder();
        using var database = Open(folder, 3_000);
        var all = database.Read(c => EventTable.Latest(c, 10_000));
        all.Reverse();
        foreach (var (type, fleet, before) in new[] { ("client.online", (string?)null, 2_000L), ("client.added", "beta", 9_000L), (null, "beta", 9_000L), (null, "alpha", 700L), ("startup", null, 9_000L), ("client.removed", "beta", 9_000L) })
        {
            var expected = all.Where(e => e.Seq < before && (type is null || e.Type == type) && (fleet is null || e.Fleet == fleet)).Select(e => e.Seq).ToList();

            var (rows, next) = database.Read(c => new EventQueries(database).Latest(c, new EventFilter(type, fleet, Before: before), 100));

            rows.Select(e => e.Seq).ShouldBe(expected.Take(100), $"{type} {fleet}");
            next.ShouldBe(expected.Count > 100 ? expected[99] : null);
        }
    }

    /// <param name="ask">The query.</param>
    /// <param name="bounded">Steps of the part of the query that is bounded by a constant between the two lengths of the log.</param>
    private static void ShouldCostTheSame(Func<Connection, EventQueries, object?> ask, int bounded = 0)
    {
        var (few, many) = (Steps(Small, ask), Steps(Large, ask));
        few.ShouldBeGreaterThan(0);
        many.ShouldBeLessThan((2 * few) + 1000 + bounded, $"{few} steps for {Small} events");
    }

    private static long Steps(int events, Func<Connection, EventQueries, object?> ask)
    {
        using var folder = new Folder();
        using var database = Open(folder, events);
        var queries = new EventQueries(database);
        return database.Read<long>(c =>
        {
            // Statements are prepared first: SQLite reads the schema then.
            ask(c, queries);
            long steps = 0;
            raw.sqlite3_progress_handler(
                Sqlite((SqliteLink)c).Handle,
                1,
                _ =>
                {
                    steps++;
                    return 0;
                },
                null);
            ask(c, queries);
            raw.sqlite3_progress_handler(Sqlite((SqliteLink)c).Handle, 0, null, null);
            return steps;
        });
    }

    /// <summary>
    /// A log in which client 7 goes on- and offline all the time, every hundredth event is of one of many clients named pi that were removed, another of a machine
    /// that comes back each time with its key, name and address, and few are of fleet beta.
    /// </summary>
    private static Database Open(Folder folder, int events)
    {
        var database = SqliteDatabase.Open(folder.File("clients.db"), new CollectedLog().CreateLogger("store"), busySeconds: 1);
        Some.Execute(
            folder.File("clients.db"),
            $$"""
            INSERT INTO hook_state (hook, cursor) VALUES ('lags', 5);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {{events}}),
            kinds AS (SELECT i,
                CASE WHEN i = 1 THEN 'startup' WHEN i % 100 = 10 THEN 'client.added' WHEN i % 100 = 20 THEN 'client.hostname_changed' WHEN i % 100 IN (30, 40) THEN 'client.removed'
                    WHEN i % 2 = 0 THEN 'client.online' ELSE 'client.offline' END AS type,
                CASE WHEN i % 100 IN (10, 20, 30) THEN i / 100 + 1000 WHEN i % 100 = 40 THEN i / 100 + 9000000 ELSE 7 END AS client,
                CASE WHEN i % 100 = 40 THEN 'b' WHEN i % 100 IN (10, 20, 30) THEN i / 100 + 1000 ELSE 7 END AS name FROM n)
            INSERT INTO events (seq, id, type, fleet, time, data, client)
            SELECT i, 'evt_' || i, type, CASE WHEN i = 1 THEN NULL WHEN i BETWEEN 201 AND 400 THEN 'beta' ELSE 'alpha' END, strftime('%Y-%m-%d %H:%M:%f000', i, 'unixepoch'),
                CASE WHEN i = 1 THEN '{"version":"1"}' ELSE json_object('client', json_object('ip', 'fd00:a::' || name, 'public_key', 'K' || name,
                    'hostname', CASE WHEN name = 'b' THEN 'back' ELSE 'pi' END, 'fqdn', CASE WHEN name = 'b' THEN 'back.alpha.example.test' ELSE 'pi.alpha.example.test' END)) END,
                CASE WHEN i = 1 THEN NULL ELSE client END
            FROM kinds;
            """);
        return database;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_sqlite")]
    private static extern ref SqliteConnection Sqlite(SqliteLink connection);
}
