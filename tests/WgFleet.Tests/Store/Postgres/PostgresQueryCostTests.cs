using WgFleet.Store;
using WgFleet.Store.Engine;

namespace WgFleet.Tests.Store.Postgres;

/// <summary>What requests read costs PostgreSQL as many rows in a log of 100,000 events as in one of 10,000, also when it plans with the numbers of rows that it has counted.</summary>
public class PostgresQueryCostTests
{
    [Theory]
    [InlineData("pi", null)]
    [InlineData("pi", "alpha")]
    [InlineData("pi", "beta")]
    [InlineData("pi.alpha.example.test", null)]
    [InlineData("K1007", null)]
    [InlineData("K7", null)]
    [InlineData("K7", "alpha")]
    [InlineData("back", "alpha")]
    [InlineData("Kb", null)]
    [InlineData("fd00:a::b", null)]
    public void The_history_of_a_client_costs_the_same_in_a_log_of_any_length(string text, string? fleet)
    {
        var (few, many) = (RowsRead(10_000, text, fleet), RowsRead(100_000, text, fleet));

        few.ShouldBeGreaterThan(0);
        many.ShouldBeLessThan((2 * few) + 200);
    }

    private static long RowsRead(int events, string text, string? fleet)
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        using var database = stored.Open();
        stored.Execute(
            $$"""
            INSERT INTO events (seq, id, type, fleet, time, data, client)
            SELECT i, 'evt_' || i, type, CASE WHEN i BETWEEN 201 AND 400 THEN 'beta' ELSE 'alpha' END, to_timestamp(i),
                json_build_object('client', json_build_object('ip', 'fd00:a::' || name, 'public_key', 'K' || name, 'hostname', host, 'fqdn', host || '.alpha.example.test')), client
            FROM (SELECT i,
                CASE WHEN i % 100 = 10 THEN 'client.added' WHEN i % 100 = 20 THEN 'client.hostname_changed' WHEN i % 100 IN (30, 40) THEN 'client.removed'
                    WHEN i % 2 = 0 THEN 'client.online' ELSE 'client.offline' END AS type,
                CASE WHEN i % 100 IN (10, 20, 30) THEN i / 100 + 1000 WHEN i % 100 = 40 THEN i / 100 + 9000000 ELSE 7 END AS client,
                CASE WHEN i % 100 = 40 THEN 'b' WHEN i % 100 IN (10, 20, 30) THEN (i / 100 + 1000)::text ELSE '7' END AS name,
                CASE WHEN i % 100 = 40 THEN 'back' ELSE 'pi' END AS host FROM generate_series(1, {{events}}) i) kinds
            """);
        stored.Execute("ANALYZE events");
        return database.Read(c =>
        {
            new EventHistory(c.Dialect).Latest(c, text, text == "K7" ? 7 : null, fleet, 100).Count.ShouldBeGreaterThan(0);

            // Of the transaction that is open.
            return c.Number("SELECT CAST(sum(seq_tup_read + idx_tup_fetch) AS bigint) FROM pg_stat_xact_user_tables") ?? 0;
        });
    }
}
