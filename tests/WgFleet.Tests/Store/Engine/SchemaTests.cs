using Microsoft.Data.Sqlite;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;

namespace WgFleet.Tests.Store.Engine;

public class SchemaTests
{
    [Fact]
    public void The_clients_table_begins_with_the_Python_servers_columns()
    {
        using var folder = new Folder();
        var (ours, python) = (folder.File("clients.db"), folder.File("python.db"));
        SqliteDatabase.Open(ours, new CollectedLog().CreateLogger("store")).Dispose();
        PythonDatabase.Create(python);
        const string columns = "SELECT name, type, \"notnull\", pk FROM pragma_table_info('clients') ORDER BY cid";

        Some.Rows(ours, columns).Take(7).ShouldBe(Some.Rows(python, columns));
        Some.Rows(ours, columns).Skip(7).ShouldBe(["registered_at|DATETIME|0|0", "last_handshake|DATETIME|0|0", "pinned_at|DATETIME|0|0", "pinned_by|VARCHAR|0|0", "online_since|DATETIME|0|0", "prune_timeout|INTEGER|0|0", "tags|TEXT|0|0", "endpoint|VARCHAR|0|0", "facts|VARCHAR|0|0", "named_by|VARCHAR|0|0", "preshared_key|VARCHAR|0|0", "assigned_ip4|VARCHAR|0|0"]);

        // The Python server, should somebody go back to it, writes its rows as ever.
        Some.Execute(ours, "INSERT INTO clients (fleet_id, public_key, assigned_ip, http_request_ip, hostname, timestamp) VALUES ('a', 'k', 'fd00::2', '::1', NULL, '2025-11-01 12:00:00.123456')");
    }

    [Fact]
    public void The_database_enforces_every_uniqueness_rule()
    {
        using var folder = new Folder();
        var path = folder.File("clients.db");
        SqliteDatabase.Open(path, new CollectedLog().CreateLogger("store")).Dispose();
        Insert("a", "k1", "fd00::2", "'web'");

        Should.Throw<SqliteException>(() => Insert("a", "k2", "fd00::2", "NULL")).Message.ShouldContain("clients.fleet_id, clients.assigned_ip");
        Should.Throw<SqliteException>(() => Insert("a", "k2", "fd00::3", "'web'")).Message.ShouldContain("clients.fleet_id, clients.hostname");
        Should.Throw<SqliteException>(() => Insert("b", "k1", "fd00::3", "NULL")).Message.ShouldContain("clients.public_key");
        Insert("a", "k2", "fd00::3", "NULL");
        Insert("a", "k3", "fd00::4", "NULL");
        Insert("b", "k4", "fd00::2", "'web'");

        void Insert(string fleet, string key, string address, string hostname) => Some.Execute(path,
            $"INSERT INTO clients (fleet_id, public_key, assigned_ip, http_request_ip, hostname, timestamp) VALUES ('{fleet}', '{key}', '{address}', '::1', {hostname}, '2025-11-01 12:00:00.123456')");
    }

    [Fact]
    public void Both_engines_have_the_same_version_with_the_same_tables_and_columns()
    {
        using var file = new TestDatabase(TestEngine.Sqlite);
        using var server = new TestDatabase(TestEngine.Postgres);
        file.Open().Dispose();

        Migration.OfPostgres[^1].Version.ShouldBe(Migration.OfSqlite[^1].Version, "a migration is a file in Store/Migrations and one in Store/Postgres/Migrations");

        // What SQLite has of itself: the highest number of an event, and the order of rows.
        server.Tables().ShouldBe(file.Tables().Append("log").Order(StringComparer.Ordinal));
        foreach (var table in file.Tables())
            server.Columns(table).Select(column => $"{table}.{column}").ShouldBe(file.Columns(table).Concat(table == "deliveries" ? ["rowid"] : []).Order(StringComparer.Ordinal).Select(column => $"{table}.{column}"));
    }

    [Theory]
    [InlineData("2026-01-02T03:04:05.1234567Z", "2026-01-02 03:04:05.123456")]
    [InlineData("2026-01-02T03:04:05.9999999Z", "2026-01-02 03:04:05.999999")]
    [InlineData("2026-01-02T03:04:05Z", "2026-01-02 03:04:05.000000")]
    public void Times_are_written_with_six_digits(string time, string written)
    {
        var at = DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture).UtcDateTime;

        UtcText.Write(at).ShouldBe(written);
        var read = UtcText.Read(written);
        read.Kind.ShouldBe(DateTimeKind.Utc);
        UtcText.Write(read).ShouldBe(written);
    }
}
