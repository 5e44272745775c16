using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;
using WgFleet.Testing;

namespace WgFleet.Tests.Store.Engine;

/// <summary>Databases of earlier programs, kept as files in Fixtures, open with all that they have.</summary>
public class UpgradeTests
{
    /// <summary>Made by the last program that used Entity Framework (commit 654fe09), with something in every table.</summary>
    private const string Schema7 = "schema7.db";

    /// <summary>The same database after the program of commit fb80f13 had run on it, the last one that found a client's history by the JSON of events.</summary>
    private const string Schema8 = "schema8.db";

    [Theory]
    [InlineData("clients", 3)]
    [InlineData("events", 11)]
    [InlineData("tokens", 3)]
    [InlineData("removed_clients", 1)]
    [InlineData("frozen_fleets", 1)]
    [InlineData("hook_state", 1)]
    [InlineData("deliveries", 2)]
    public void An_upgrade_keeps_every_row_of_schema_7(string table, int count)
    {
        using var folder = new Folder();
        var path = Take(folder, Schema7);
        var columns = string.Join(", ", Some.Rows(path, $"SELECT name FROM pragma_table_info('{table}') ORDER BY cid"));
        var before = Some.Rows(path, $"SELECT {columns} FROM {table}");

        SqliteDatabase.Open(path, new CollectedLog().CreateLogger("store")).Dispose();

        before.Count.ShouldBe(count);
        Some.Rows(path, $"SELECT {columns} FROM {table}").ShouldBe(before);
    }

    [Fact]
    public async Task The_server_starts_with_all_clients_tombstones_and_hooks_of_schema_7()
    {
        using var folder = new Folder();
        var path = Take(folder, Schema7);

        await using var test = await TestRegistry.StartAsync(folder);

        var web = test.Alpha.ByHostname["web"];
        (web.Pinned?.By, web.PruneTimeout, web.Tags["room"], web.OnlineSince is not null, web.Liveness.LastHandshake is not null)
            .ShouldBe(("kim", TimeSpan.FromHours(6), "4", true, true));
        test.Alpha.ByHostname.ShouldContainKey("web--2");
        test.Registry.Current.Fleet("beta")!.Frozen!.By.ShouldBe("ops");
        test.Tombstones.ShouldHaveSingleItem().Pinned!.By.ShouldBe("kim");
        (await new HookQueries(test.Database).DeliveryAsync("tell", 5, TestContext.Current.CancellationToken))!.Value.Row.State.ShouldBe(DeliveryState.Dead);
        new HookStore(test.Database).Find("tell")!.Paused.ShouldBe("by hand");
        new TokenStore(test.Database).All().Select(t => (t.Name, t.Uses, t.RevokedAt is not null)).ShouldBe([("ops", 0, false), ("gone", 0, true), ("lab", 1, false)], ignoreOrder: true);
        test.ShouldAgree();
        test.Log.At(LogLevel.Information).ShouldContain(l => l.StartsWith($"Upgraded database {path} from schema 7 to {Migration.OfSqlite.Count} in ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Schema7)]
    [InlineData(Schema8)]
    public async Task The_history_of_clients_from_before_the_upgrade_is_found(string fixture)
    {
        using var folder = new Folder();
        using var database = SqliteDatabase.Open(Take(folder, fixture), new CollectedLog().CreateLogger("store"));
        var events = new EventQueries(database);

        (await Sequences("web")).ShouldBe([2, 3, 10]);
        (await Sequences("old")).ShouldBe([8, 9, 11]);
        (await Sequences("UuecVMQiHUXX+dAPo712ZdERUqUMSFyI/3n3iBm9Ius=")).ShouldBe([8, 9, 11]);
        (await Sequences("fd00:b::f148:bd86:11f2:b4e0")).ShouldBe([8, 9, 11]);

        async Task<IEnumerable<long>> Sequences(string text) =>
            (await events.AboutAsync(text, null, null, 100, TestContext.Current.CancellationToken)).Select(e => e.Seq);
    }

    [Fact]
    public async Task The_history_of_a_client_that_is_neither_registered_nor_has_a_tombstone_outlives_the_upgrade()
    {
        using var folder = new Folder();
        var path = Take(folder, Schema8);
        Some.Execute(path, "DELETE FROM removed_clients");

        using var database = SqliteDatabase.Open(path, new CollectedLog().CreateLogger("store"));

        (await new EventQueries(database).AboutAsync("old", null, null, 100, TestContext.Current.CancellationToken)).Select(e => e.Seq).ShouldBe([8, 9, 11]);
    }

    [Fact]
    public void An_upgrade_keeps_a_copy_that_the_program_before_can_use_until_the_next_upgrade()
    {
        using var folder = new Folder();
        var path = Take(folder, Schema7);
        var before = Some.Rows(path, "SELECT * FROM clients");
        File.WriteAllText(path + ".v3.bak", "the copy of the upgrade before");

        SqliteDatabase.Open(path, new CollectedLog().CreateLogger("store")).Dispose();

        folder.Names().ShouldBe(["clients.db", "clients.db.lock", "clients.db.v7.bak"]);
        Some.Rows(path + ".v7.bak", "SELECT * FROM clients").ShouldBe(before);
        Some.Rows(path + ".v7.bak", "SELECT count(*) FROM sqlite_master WHERE name = 'schema_migrations'").ShouldBe(["0"]);
        File.GetUnixFileMode(path + ".v7.bak").ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        // And it is made once.
        var log = new CollectedLog();
        SqliteDatabase.Open(path, log.CreateLogger("store")).Dispose();
        log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public void A_program_that_noted_no_files_is_told_from_one_that_does_until_its_files_are_taken_over()
    {
        using var folder = new Folder();
        using var database = SqliteDatabase.Open(Take(folder, "schema9.db"), new CollectedLog().CreateLogger("store"));
        var first = new WrittenFileStore(database);
        first.AtStart.UnnotedSince.ShouldBe(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));

        first.TakeOver(["/srv/zone"], DateTime.UtcNow);

        first.Contains("/srv/zone").ShouldBeTrue();
        var next = new WrittenFileStore(database);
        (next.AtStart.UnnotedSince, next.Contains("/srv/zone"), next.Contains("/srv/other")).ShouldBe((null, true, false));
    }

    [Fact]
    public async Task Clients_from_before_endpoints_were_saved_have_none_until_they_are_heard_of()
    {
        using var folder = new Folder();
        var path = Take(folder, "schema10.db");
        await using var test = await TestRegistry.StartAsync(folder);
        var web = test.Alpha.ByHostname["web"];
        web.Liveness.Endpoint.ShouldBeNull();

        test.WireGuard.Touch("wg_alpha", web.PublicKey, test.Time.GetUtcNow(), from: System.Net.IPEndPoint.Parse("192.0.2.7:51820"));
        await test.Registry.ObserveAsync("alpha", TestContext.Current.CancellationToken);
        await test.Registry.SaveActivityAsync();

        Some.Rows(path, "SELECT DISTINCT endpoint FROM clients ORDER BY endpoint").ShouldBe(["NULL", "192.0.2.7:51820"]);
    }

    [Fact]
    public void A_new_database_has_no_files_that_are_not_noted()
    {
        using var folder = new Folder();
        using var database = SqliteDatabase.Open(folder.File("clients.db"), new CollectedLog().CreateLogger("store"));

        new WrittenFileStore(database).AtStart.UnnotedSince.ShouldBeNull();
    }

    [Fact]
    public async Task A_database_of_the_Python_server_is_opened_with_all_its_clients()
    {
        using var folder = new Folder();
        var path = Take(folder, "python.db");
        const string clients = "SELECT id, fleet_id, public_key, assigned_ip, http_request_ip, hostname, timestamp FROM clients";
        var before = Some.Rows(path, clients);

        await using var test = await TestRegistry.StartAsync(folder);

        before.Count.ShouldBe(4);
        Some.Rows(path, clients).ShouldBe(before);
        test.Alpha.ByHostname.Keys.ShouldBe(["web", "web--2"], ignoreOrder: true);
        test.Registry.Current.Fleet("beta")!.Count.ShouldBe(1);
        Some.Rows(path + ".python", clients).ShouldBe(before);
    }

    [Fact]
    public void A_database_that_is_newer_than_the_program_is_refused_in_one_line_and_not_changed()
    {
        using var folder = new Folder();
        var path = folder.File("clients.db");
        SqliteDatabase.Open(path, new CollectedLog().CreateLogger("store")).Dispose();
        var known = Migration.OfSqlite.Count;
        Some.Execute(path, $"INSERT INTO schema_migrations VALUES ({known + 1}, 'of_the_future', '2027-01-01 00:00:00.000000')");
        var before = File.ReadAllBytes(path);

        var refused = Should.Throw<StartupException>(() => SqliteDatabase.Open(path, new CollectedLog().CreateLogger("store")));

        refused.Message.ShouldBe($"database {path} was written by a newer wg-fleet (schema {known + 1}, this one knows {known}): install that version again, or move back the copy {path}.v{known}.bak if it is there");
        File.ReadAllBytes(path).ShouldBe(before);
        folder.Names().ShouldBe(["clients.db", "clients.db.lock"]);
    }

    [Fact]
    public void A_migration_that_fails_changes_nothing()
    {
        using var folder = new Folder();
        var path = Take(folder, Schema7);
        Some.Execute(path, "CREATE INDEX removed_clients_removed_at ON removed_clients (cause)");

        var refused = Should.Throw<StartupException>(() => SqliteDatabase.Open(path, new CollectedLog().CreateLogger("store")));

        refused.Message.ShouldContain("index removed_clients_removed_at already exists");
        Some.Rows(path, "SELECT count(*) FROM sqlite_master WHERE name IN ('events_client_key', 'schema_migrations')").ShouldBe(["0"]);
    }

    [Fact]
    public void A_database_that_lacks_several_migrations_gets_all_of_them()
    {
        using var folder = new Folder();
        var (path, fresh) = (Take(folder, Schema7), folder.File("fresh.db"));
        Some.Execute(path, "ALTER TABLE tokens DROP COLUMN prune_timeout; ALTER TABLE clients DROP COLUMN prune_timeout; ALTER TABLE clients DROP COLUMN tags; DELETE FROM __EFMigrationsHistory WHERE MigrationId LIKE '%Enrollment'");

        SqliteDatabase.Open(path, new CollectedLog().CreateLogger("store")).Dispose();
        SqliteDatabase.Open(fresh, new CollectedLog().CreateLogger("store")).Dispose();

        const string columns = "SELECT m.name, c.name, c.type, c.\"notnull\", c.pk FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '__EF%' ORDER BY m.name, c.name";
        const string indexes = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite_%' ORDER BY name";
        Some.Rows(path, columns).ShouldBe(Some.Rows(fresh, columns));
        Some.Rows(path, indexes).ShouldBe(Some.Rows(fresh, indexes));
        Some.Rows(path, "SELECT version, name FROM schema_migrations ORDER BY version").ShouldBe(Migration.OfSqlite.Select(m => $"{m.Version}|{m.Name}"));
    }

    private static string Take(Folder folder, string fixture, [CallerFilePath] string here = "")
    {
        var path = folder.File("clients.db");
        File.Copy(Path.Combine(Path.GetDirectoryName(here)!, "Fixtures", fixture), path);
        return path;
    }
}
