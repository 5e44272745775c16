using System.Globalization;
using WgFleet.Store;
using WgFleet.Store.Copying;
using WgFleet.Store.Engine;
using WgFleet.Testing;

namespace WgFleet.Tests.Store.Copying;

/// <summary>A copy has every row of every table, from either engine to either engine.</summary>
public sealed class StoreCopyTests : IDisposable
{
    /// <summary>What a copy leaves out: what a database has had itself, what only PostgreSQL has, and the order of deliveries, which is the order of the rows.</summary>
    private static readonly string[] NotCopied = ["schema_migrations", "log"];

    private readonly List<TestDatabase> _all = [];
    private readonly Dictionary<string, Dictionary<string, (string Type, bool MayBeNull)>> _schemas = [];
    private TestDatabase? _typed;

    public static TheoryData<TestEngine, TestEngine> Ways =>
        new() { { TestEngine.Sqlite, TestEngine.Postgres }, { TestEngine.Postgres, TestEngine.Sqlite }, { TestEngine.Sqlite, TestEngine.Sqlite }, { TestEngine.Postgres, TestEngine.Postgres } };

    public void Dispose() => _all.ForEach(database => database.Dispose());

    [Theory]
    [MemberData(nameof(Ways))]
    public void Every_column_of_every_table_is_copied(TestEngine from, TestEngine to)
    {
        var source = Filled(from, rows: 3);
        var target = New(to);

        Copy(source, target);

        Tables(source).Count.ShouldBeGreaterThanOrEqualTo(8);
        foreach (var table in Tables(source))
        {
            var columns = Columns(source, table);
            var rows = Rows(source, table, columns);
            rows.Count.ShouldBe(3, table);
            rows[0].ShouldNotContain("NULL", Case.Sensitive, table);
            rows[2].Split('|').Count(value => value == "NULL").ShouldBe(Schema(table).Values.Count(column => column.MayBeNull), table);
            Rows(target, table, columns).ShouldBe(rows, table);
        }
    }

    [Fact]
    public void The_way_there_and_back_changes_no_row()
    {
        var first = Filled(TestEngine.Sqlite, rows: 2500);
        var (there, back) = (New(TestEngine.Postgres), New(TestEngine.Sqlite));

        Copy(first, there);
        Copy(there, back);

        foreach (var table in Tables(first))
        {
            List<string> columns = [.. Columns(first, table), .. table == "deliveries" ? ["rowid"] : Array.Empty<string>()];
            var rows = Rows(first, table, columns);
            rows.Count.ShouldBe(2500, table);
            Rows(back, table, columns).ShouldBe(rows, table);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Numbers_of_events_go_on_where_they_were_although_the_last_events_were_deleted(TestEngine from, TestEngine to)
    {
        var (source, target) = (Filled(from, rows: 3), New(to));
        source.Execute("DELETE FROM events WHERE seq > 1");
        using (var database = source.Open())
            database.Write(c => EventTable.Insert(c, [Event(41), Event(42)]));

        source.Execute("DELETE FROM events WHERE seq > 40");

        Copy(source, target).ShouldBe(42);

        using var copied = target.Open();
        copied.Read(EventTable.LastSequence).ShouldBe(42);
        copied.Write(c => EventTable.Insert(c, [Event(43)]));
        copied.Read(EventTable.LastSequence).ShouldBe(43);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Deliveries_keep_the_order_in_which_they_were_entered_and_new_ones_come_after_them(TestEngine from, TestEngine to)
    {
        var (source, target) = (New(from), New(to));
        using (var database = source.Open())
        {
            foreach (var seq in new[] { 7, 3, 9, 1 })
                database.Write(c => DeliveryTable.Insert(c, "tell", [new DeliveryRow { Hook = "tell", Seq = seq, State = DeliveryState.Pending }]));
        }

        Copy(source, target);

        using var copied = target.Open();
        copied.Write(c => DeliveryTable.Insert(c, "tell", [new DeliveryRow { Hook = "tell", Seq = 2, State = DeliveryState.Pending }]));
        target.Rows("SELECT seq FROM deliveries ORDER BY rowid").ShouldBe(["7", "3", "9", "1", "2"]);
    }

    [Theory]
    [InlineData(TestEngine.Sqlite)]
    [InlineData(TestEngine.Postgres)]
    public void A_copy_that_is_interrupted_leaves_the_target_empty_and_can_be_repeated(TestEngine to)
    {
        var (source, target) = (Filled(TestEngine.Sqlite, rows: 2500), New(to));
        using var interrupt = new CancellationTokenSource();
        using (var database = target.Open())
        {
            Should.Throw<OperationCanceledException>(() => Copy(source, database, (table, copied, _) =>
            {
                if (table.Name == "events" && copied == 1000)
                    interrupt.Cancel();
            }, interrupt.Token));
        }

        Tables(target).Where(table => target.Rows($"SELECT count(*) FROM {table}")[0] != "0").ShouldBeEmpty();
        using (var database = target.Open())
            database.Read(EventTable.LastSequence).ShouldBe(0);

        Copy(source, target);
        target.Rows("SELECT count(*) FROM events").ShouldBe(["2500"]);
    }

    [Fact]
    public void A_row_that_the_other_engine_refuses_is_named_and_nothing_is_copied()
    {
        var (source, target) = (Filled(TestEngine.Sqlite, rows: 20), New(TestEngine.Postgres));
        source.Execute("UPDATE events SET data = 'no JSON' WHERE seq = 17");

        Should.Throw<StoreException>(() => Copy(source, target)).Message.ShouldStartWith("the row of table events with seq 17 is refused: invalid input syntax for type json");

        target.Rows("SELECT count(*) FROM clients").ShouldBe(["0"]);
    }

    [Fact]
    public void A_row_that_was_written_meanwhile_is_noticed()
    {
        var (source, target) = (Filled(TestEngine.Postgres, rows: 3), New(TestEngine.Sqlite));
        using var database = target.Open();

        Should.Throw<StoreException>(() => Copy(source, database, (table, copied, _) =>
        {
            if (table.Name == "events" && copied == 0)
                source.Execute("DELETE FROM events WHERE seq = 2");
        }, default)).Message.ShouldBe("table events has 2 rows in the copy and 3 in the original, which another program may have changed meanwhile");
        target.Rows("SELECT count(*) FROM clients").ShouldBe(["0"]);
    }

    [Theory]
    [InlineData(TestEngine.Sqlite)]
    [InlineData(TestEngine.Postgres)]
    public void A_target_that_has_rows_is_refused(TestEngine to)
    {
        var (source, target) = (Filled(TestEngine.Sqlite, rows: 3), Filled(to, rows: 1));

        Should.Throw<StoreException>(() => Copy(source, target)).Message.ShouldStartWith("it is not empty: there are rows in clients, removed_clients, ");

        target.Rows("SELECT count(*) FROM clients").ShouldBe(["1"]);
    }

    private TestDatabase New(TestEngine engine)
    {
        _all.Add(new TestDatabase(engine));
        _all[^1].Open().Dispose();
        return _all[^1];
    }

    /// <summary>A database with rows in every table; the last one has NULL wherever there may be none.</summary>
    private TestDatabase Filled(TestEngine engine, int rows)
    {
        var database = New(engine);
        foreach (var table in Tables(database))
        {
            var columns = Columns(database, table);
            var values = Enumerable.Range(1, rows).Select(row =>
                $"({string.Join(", ", columns.Select(c => row == rows && rows > 1 && Schema(table)[c].MayBeNull ? "NULL" : Value(table, c, row, engine)))})");
            database.Execute($"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES {string.Join(", ", values)}");
        }

        return database;
    }

    /// <summary>A value that no other row and column has, as far as its type allows.</summary>
    private string Value(string table, string column, int row, TestEngine engine) => Schema(table)[column].Type switch
    {
        "bigint" => string.Create(CultureInfo.InvariantCulture, $"{(column is "id" or "seq" ? row : (1000L * row) + column.Length)}"),
        "boolean" => (row % 2 == 1, engine) switch { (var yes, TestEngine.Sqlite) => yes ? "1" : "0", (var yes, _) => yes ? "true" : "false" },
        "json" => $$"""'{"of": "{{column}}",  "row":{{row}}}'""",
        "timestamp with time zone" => string.Create(CultureInfo.InvariantCulture, $"'2026-01-02 03:04:{column.Length:00}.{row:000000}'"),
        "text" => $"'{table} {column} ü|{row}'".Replace("|", "/", StringComparison.Ordinal),
        var type => throw new InvalidOperationException($"{table}.{column} has the type {type}"),
    };

    /// <summary>What PostgreSQL says of a column: its type, and whether it may be NULL.</summary>
    private Dictionary<string, (string Type, bool MayBeNull)> Schema(string table)
    {
        if (!_schemas.TryGetValue(table, out var columns))
        {
            _typed ??= New(TestEngine.Postgres);
            columns = _typed.Rows($"SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0")
                .Select(row => row.Split('|')).ToDictionary(row => row[0], row => (row[1], row[2] == "0"));
            _schemas.Add(table, columns);
        }

        return columns;
    }

    private static IReadOnlyList<string> Tables(TestDatabase database) => [.. database.Tables().Except(NotCopied)];

    private static IReadOnlyList<string> Columns(TestDatabase database, string table) => [.. database.Columns(table).Where(c => c != "rowid")];

    private static IReadOnlyList<string> Rows(TestDatabase database, string table, IReadOnlyList<string> columns) =>
        [.. database.Rows($"SELECT {string.Join(", ", columns)} FROM {table}").OrderBy(row => row.Contains("NULL", StringComparison.Ordinal)).ThenBy(row => row, StringComparer.Ordinal)];

    private static EventRow Event(long seq) => new() { Seq = seq, Id = $"evt_{seq}", Type = "client.added", Fleet = "alpha", Time = DateTime.UtcNow, Data = "{}" };

    private static long Copy(TestDatabase source, TestDatabase target)
    {
        using var database = target.Open();
        return Copy(source, database, (_, _, _) => { }, default);
    }

    private static long Copy(TestDatabase source, Database target, StoreCopy.Progress progress, CancellationToken cancellationToken)
    {
        using var held = source.Hold();
        var copy = new StoreCopy(held.Connection);
        return copy.Run(target, copy.Count(), progress, cancellationToken);
    }
}
