using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Testing;

namespace WgFleet.Tests.Store;

/// <summary>On both engines.</summary>
public abstract class EventQueriesTests(TestEngine engine)
{
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("web")]
    [InlineData("old")]
    [InlineData("fd00:a::2")]
    [InlineData("web.alpha.example.test")]
    [InlineData("K1")]
    public async Task The_history_of_a_client_is_found_by_every_name_address_and_key_it_had(string text)
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        Add(database, ("client.added", "K1", "fd00:a::2", null, null), ("client.hostname_changed", "K1", "fd00:a::2", "old", null));
        Add(database, ("client.added", "K2", "fd00:a::3", null, null), ("client.hostname_changed", "K1", "fd00:a::2", "web", "old"), ("client.removed", "K1", "fd00:a::2", "web", null));

        (await new EventQueries(database).AboutAsync(text, null, null, 100, Ct)).Select(e => e.Seq).ShouldBe([1, 2, 4, 5]);
        (await new EventQueries(database).AboutAsync(text, null, "beta", 100, Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_first_event_since_a_time_is_found_although_events_are_missing()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        var queries = new EventQueries(database);
        (await queries.FirstSinceAsync(DateTimeOffset.UnixEpoch, Ct)).ShouldBeNull();

        // Event n happened at second n, and half of them are no longer kept.
        var batch = new StoreBatch();
        batch.Events.AddRange(Enumerable.Range(1, 300).Select(i => new EventRow { Seq = i, Id = $"evt_{i}", Type = "startup", Data = "{}", Time = DateTime.UnixEpoch.AddSeconds(i) }));
        new FleetStore(database).Commit(batch);
        stored.Execute("DELETE FROM events WHERE seq <= 20 OR seq BETWEEN 50 AND 150 OR seq % 3 = 0");
        var kept = Enumerable.Range(1, 300).Where(i => i is > 20 and not (>= 50 and <= 150) && i % 3 != 0).ToList();

        for (var second = 0; second <= 301; second++)
            (await queries.FirstSinceAsync(DateTimeOffset.UnixEpoch.AddSeconds(second), Ct)).ShouldBe(kept.Where(i => i >= second).Select(i => (long?)i).FirstOrDefault(), $"{second} s");
    }

    [Fact]
    public async Task A_name_is_found_in_the_events_that_retention_has_kept()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        Add(database, ("client.added", "K1", "fd00:a::2", null, null), ("client.hostname_changed", "K1", "fd00:a::2", "web", null), ("client.removed", "K1", "fd00:a::2", "web", null));
        stored.Execute("DELETE FROM events WHERE seq < 3");

        (await new EventQueries(database).AboutAsync("web", null, null, 100, Ct)).ShouldHaveSingleItem().Seq.ShouldBe(3);
        (await new EventQueries(database).AboutAsync("fd00:a::2", null, null, 100, Ct)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task The_history_of_a_client_that_was_put_back_has_what_happened_before_it_was_removed()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        Add(database, ("client.added", "K1", "fd00:a::2", null, null), ("client.hostname_changed", "K1", "fd00:a::2", "old", null), ("client.removed", "K1", "fd00:a::2", "old", null));

        // Put back with another number, and renamed and removed again.
        Add(database, ("client.added", "K1", "fd00:a::2", null, null), ("client.hostname_changed", "K1", "fd00:a::2", "web", null), ("client.removed", "K1", "fd00:a::2", "web", null));
        stored.Execute("UPDATE events SET client = 7 WHERE seq > 3");

        foreach (var text in new[] { "old", "web", "K1", "fd00:a::2" })
            (await new EventQueries(database).AboutAsync(text, null, null, 100, Ct)).Select(e => e.Seq).ShouldBe([1, 2, 3, 4, 5, 6], text);
    }

    [Fact]
    public async Task The_history_of_a_name_has_the_latest_events_of_all_clients_that_had_it_wherever_these_are()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();

        // Client 2 gave up the name first, and has most of the latest events; 3 to 7 had it after each other; 8 had it in the other fleet, before all others.
        var rows = new List<(int Client, string Fleet, string Type, string? Hostname, string? Previous)>
        {
            (8, "beta", "client.added", null, null), (8, "beta", "client.hostname_changed", "web", null), (8, "beta", "client.removed", "web", null),
            (2, "alpha", "client.hostname_changed", "web", null), (2, "alpha", "client.hostname_changed", "other", "web"),
        };
        for (var client = 3; client <= 7; client++)
        {
            rows.AddRange([(client, "alpha", "client.added", null, null), (client, "alpha", "client.hostname_changed", "web", null), (9, "alpha", "client.online", "db", null)]);
            rows.AddRange(Enumerable.Repeat((2, "alpha", "client.online", (string?)"other", (string?)null), client * 2));
            rows.Add((client, "alpha", "client.removed", "web", null));
        }

        rows.AddRange(Enumerable.Repeat((2, "alpha", "client.offline", (string?)"other", (string?)null), 5));
        var batch = new StoreBatch();
        batch.Events.AddRange(rows.Select((row, i) => EventOf(i + 1, row.Type, row.Fleet, row.Client, row.Hostname, row.Previous)));
        new FleetStore(database).Commit(batch);
        var expected = rows.Select((row, i) => (row.Client, row.Fleet, Seq: i + 1L)).Where(e => e.Client != 9).ToList();

        for (var limit = 1; limit <= rows.Count + 1; limit++)
        {
            foreach (var fleet in new[] { null, "alpha", "beta" })
            {
                await ShouldShow("web");

                // Client 2 had the full name earlier than the last few times.
                if (fleet == "alpha" && limit > 12)
                    await ShouldShow("web.alpha.example.test");

                async Task ShouldShow(string text) => (await new EventQueries(database).AboutAsync(text, null, fleet, limit, Ct)).Select(e => e.Seq)
                    .ShouldBe(expected.Where(e => fleet is null || e.Fleet == fleet).Select(e => e.Seq).TakeLast(limit), $"{text} {fleet} {limit}");
            }
        }
    }

    [Fact]
    public async Task The_history_in_a_fleet_is_found_although_other_fleets_have_later_clients_of_that_name_address_or_key()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        var batch = new StoreBatch();
        batch.Events.Add(EventOf(1, "client.removed", "beta", 1, "web", null));
        foreach (var i in Enumerable.Range(2, 20))
        {
            var later = EventOf(i, "client.removed", "alpha", 1, "web", null);
            later.Client = i;
            batch.Events.Add(later);
        }

        new FleetStore(database).Commit(batch);

        foreach (var text in new[] { "web", "fd00:a::1", "K1" })
        {
            (await new EventQueries(database).AboutAsync(text, null, "beta", 5, Ct)).ShouldHaveSingleItem(text).Seq.ShouldBe(1);
            (await new EventQueries(database).AboutAsync(text, null, null, 5, Ct)).Select(e => e.Seq).ShouldBe(Enumerable.Range(17, 5).Select(i => (long)i), text);
        }
    }

    [Fact]
    public async Task A_live_client_without_a_name_is_found_by_its_number()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        Add(database, ("client.added", "K1", "fd00:a::2", null, null), ("client.added", "K2", "fd00:a::3", null, null));

        (await new EventQueries(database).AboutAsync("fd00:a::3", 2, null, 100, Ct)).ShouldHaveSingleItem().Seq.ShouldBe(2);
    }

    [Fact]
    public async Task The_first_event_since_a_time_is_found_in_a_log_with_gaps_and_a_filter_begins_there()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        var start = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        database.Write(c =>
        {
            EventTable.Insert(c, [.. Enumerable.Range(0, 300).Select(i => new EventRow { Seq = 10 + (i * 7 % 3) + (i * 5), Id = $"evt_{i}", Type = "startup", Time = start.AddSeconds(i / 2), Data = "{}" })]);
        });
        var all = database.Read(c => EventTable.Latest(c, 1000));

        for (var second = -1; second <= 151; second++)
        {
            var since = start.AddSeconds(second);
            database.Read(c => EventTable.FirstSince(c, since)).ShouldBe(all.Where(e => e.Time >= since).Select(e => (long?)e.Seq).FirstOrDefault());
            var (rows, next) = await new EventQueries(database).LatestAsync(new EventFilter(Since: since), 1000, Ct);
            rows.Count.ShouldBe(all.Count(e => e.Time >= since));
            next.ShouldBeNull();
        }
    }

    [Fact]
    public async Task Reading_and_writing_do_not_wait_for_each_other()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        using var release = new ManualResetEventSlim();
        using var began = new ManualResetEventSlim();

        var writing = Task.Run(() => database.Write(c =>
        {
            began.Set();
            release.Wait(Ct);
            return 0;
        }), Ct);
        began.Wait(Ct);
        (await database.ReadAsync(EventTable.LastSequence, Ct)).ShouldBe(0);
        release.Set();
        await writing;

        var reading = database.ReadAsync(
            c =>
            {
                var before = EventTable.LastSequence(c);
                Add(database, ("client.added", "K1", "fd00:a::2", null, null));

                // It sees the moment at which it began.
                return (before, EventTable.LastSequence(c));
            },
            Ct);
        (await reading).ShouldBe((0, 0));
        database.Read(EventTable.LastSequence).ShouldBe(1);
    }

    [Fact]
    public async Task A_cancelled_read_ends()
    {
        using var stored = new TestDatabase(engine);
        using var database = stored.Open();
        using var giveUp = new CancellationTokenSource();
        var reading = database.ReadAsync(
            c =>
            {
                giveUp.CancelAfter(TimeSpan.FromMilliseconds(50));
                return c.Number("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
            },
            giveUp.Token);

        await Should.ThrowAsync<OperationCanceledException>(reading.WaitAsync(TimeSpan.FromMinutes(3), Ct));
        database.Read(EventTable.LastSequence).ShouldBe(0);
    }

    private protected static EventRow EventOf(long sequence, string type, string fleet, int client, string? hostname, string? previous) => new()
    {
        Seq = sequence,
        Id = $"evt_{sequence}",
        Type = type,
        Fleet = fleet,
        Time = DateTime.UnixEpoch,
        Client = client,
        Data = $$"""{"client":{"ip":"fd00:a::{{client}}","public_key":"K{{client}}"{{(hostname is null ? "" : $",\"hostname\":\"{hostname}\",\"fqdn\":\"{hostname}.{fleet}.example.test\"")}}}{{(previous is null ? "" : $",\"previous\":\"{previous}\"")}}}""",
    };

    private protected static void Add(Database database, params (string Type, string Key, string Ip, string? Hostname, string? Previous)[] events)
    {
        var store = new FleetStore(database);
        var sequence = store.LastSequence();
        var batch = new StoreBatch();
        foreach (var (type, key, ip, hostname, previous) in events)
        {
            var name = hostname is null ? "" : $",\"hostname\":\"{hostname}\",\"fqdn\":\"{hostname}.alpha.example.test\"";
            batch.Events.Add(new EventRow
            {
                Seq = ++sequence,
                Id = $"evt_{sequence}",
                Type = type,
                Fleet = "alpha",
                Time = DateTime.UnixEpoch,
                Client = key[1] - '0',
                Data = $"{{\"client\":{{\"ip\":\"{ip}\",\"public_key\":\"{key}\"{name}}}{(previous is null ? "" : $",\"previous\":\"{previous}\"")}}}",
            });
        }

        store.Commit(batch);
    }
}

public sealed class SqliteEventQueriesTests() : EventQueriesTests(TestEngine.Sqlite)
{
    [Fact]
    public async Task A_row_with_broken_JSON_is_in_no_history_and_does_not_hide_other_rows()
    {
        using var stored = new TestDatabase(TestEngine.Sqlite);
        using var database = stored.Open();
        Add(database, ("client.added", "K1", "fd00:a::2", null, null));
        stored.Execute("INSERT INTO events (id, type, time, data) VALUES ('evt_broken', 'client.added', '2026-01-02 03:04:05.000000', '{broken')");

        (await new EventQueries(database).AboutAsync("fd00:a::2", 1, null, 100, Ct)).Count.ShouldBe(1);
        (await new EventQueries(database).LatestAsync(new EventFilter(Client: "fd00:a::2"), 100, Ct)).Rows.Count.ShouldBe(1);
    }

    [Fact]
    public void No_query_of_readers_without_a_token_scans_the_whole_log_or_all_tombstones()
    {
        using var stored = new TestDatabase(TestEngine.Sqlite);
        using var database = stored.Open();
        foreach (var sql in new[] { EventQueries.RemovedSince, TombstoneTable.SelectNamed })
        {
            var plan = database.Read(c => c.Query("EXPLAIN QUERY PLAN " + sql, row => row[3].Text, "a", "b", "c", 5, 6));
            plan.ShouldNotContain(step => step.StartsWith("SCAN events", StringComparison.Ordinal) || step.StartsWith("SCAN removed_clients", StringComparison.Ordinal), string.Join("\n", plan));
            plan.ShouldContain(step => step.Contains("INDEX", StringComparison.Ordinal));
        }
    }
}

public sealed class PostgresEventQueriesTests() : EventQueriesTests(TestEngine.Postgres)
{
    [Fact]
    public void An_event_whose_data_is_not_JSON_is_refused()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        using var database = stored.Open();
        var batch = new StoreBatch();
        batch.Events.Add(new EventRow { Seq = 1, Id = "evt_broken", Type = "client.added", Data = "{broken" });

        Should.Throw<StoreException>(() => new FleetStore(database).Commit(batch)).Error.ShouldBe(StoreError.Failed);
        database.Read(EventTable.LastSequence).ShouldBe(0);
    }

    [Fact]
    public void No_query_of_readers_without_a_token_scans_the_whole_log_or_all_tombstones()
    {
        using var stored = new TestDatabase(TestEngine.Postgres);
        using var database = stored.Open();
        var queries = new[] { (EventQueries.RemovedSince, new object?[] { DateTime.UnixEpoch }), (TombstoneTable.SelectNamed, ["a", "b", "c", "d", 5]) };
        foreach (var (sql, values) in queries)
        {
            var plan = database.Read(c =>
            {
                // Tables without rows are scanned, unless an index may be used.
                c.Run("SET LOCAL enable_seqscan = off");
                return c.Query("EXPLAIN " + sql, row => row[0].Text, values);
            });
            plan.ShouldNotContain(step => step.Contains("Seq Scan on events", StringComparison.Ordinal) || step.Contains("Seq Scan on removed_clients", StringComparison.Ordinal), string.Join("\n", plan));
            plan.ShouldContain(step => step.Contains("Index", StringComparison.Ordinal));
        }
    }
}
