using Microsoft.Extensions.Logging;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;

namespace WgFleet.Tests.Store.Engine;

public class AdoptionTests
{
    private const string Columns = "id, fleet_id, public_key, assigned_ip, http_request_ip, hostname, timestamp";

    [Fact]
    public async Task The_clients_of_the_Python_server_are_kept_unchanged()
    {
        using var folder = new Folder();
        var path = folder.File("clients.db");
        var (a, b, c) = (Some.Key(), Some.Key(), Some.Key());
        PythonDatabase.Create(path, ("alpha", a, "fd00:a::2", "web"), ("alpha", b, "fd00:a::3", null), ("beta", c, "fd00:b::2", "web--2"));
        var before = Some.Rows(path, $"SELECT {Columns} FROM clients ORDER BY id");

        await using var test = await TestRegistry.StartAsync(folder);

        Some.Rows(path, $"SELECT {Columns} FROM clients ORDER BY id").ShouldBe(before);
        Some.Rows(path + ".python", $"SELECT {Columns} FROM clients ORDER BY id").ShouldBe(before);
        test.ShouldAgree();
        var web = test.Alpha.ByHostname["web"];
        (web.PublicKey, web.RequestAddress, web.RegisteredAt, web.Liveness.LastPing, web.Liveness.LastHandshake)
            .ShouldBe((a, "203.0.113.9", At("2025-11-01T12:00:00.123456Z"), At("2025-11-01T12:00:00.123456Z"), null));
        test.Log.At(LogLevel.Information).ShouldContain($"Adopted {path} with 3 clients of the Python server; {path}.python is a copy from before");
        test.Log.At(LogLevel.Warning).ShouldBeEmpty();

        // And it is ours from now on: clients come, get names and go.
        await test.JoinAsync("alpha", "web");
        test.Alpha.ByHostname.ShouldContainKey("web--2");
        test.ShouldAgree();

        static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Rows_that_violate_the_unique_indexes_are_corrected_with_a_warning()
    {
        using var folder = new Folder();
        var path = folder.File("clients.db");
        var (shared, long_) = (Some.Key(), new string('a', 64));
        PythonDatabase.Create(path,
            ("alpha", Some.Key(), "fd00:a::2", "first"),
            ("alpha", Some.Key(), "fd00:a::2", "same-address"),
            ("alpha", shared, "fd00:a::3", null),
            ("alpha", shared, "fd00:a::4", "same-key"),
            ("alpha", Some.Key(), "fd00:a::5", "twin"),
            ("alpha", Some.Key(), "fd00:a::6", "twin"),
            ("beta", Some.Key(), "fd00:a::2", "twin"),
            ("beta", Some.Key(), "fd00:b::3", "evil\n"),
            ("beta", Some.Key(), "fd00:b::4", long_),
            ("beta", Some.Key(), "fd00:b::5", ""),
            ("beta", Some.Key(), "fd00:b::6", "Capital"),
            ("beta", Some.Key(), "fd00:b::7", long_[1..]));
        var log = new CollectedLog();

        SqliteDatabase.Open(path, log.CreateLogger("store")).Dispose();

        Some.Rows(path, "SELECT id, hostname FROM clients ORDER BY id")
            .ShouldBe(["2|same-address", "4|same-key", "5|twin", "6|NULL", "7|twin", "8|NULL", "9|NULL", "10|NULL", "11|NULL", $"12|{long_[1..]}"]);
        Some.Rows(path + ".python", "SELECT count(*), count(hostname) FROM clients").ShouldBe(["12|11"]);
        log.At(LogLevel.Warning).ShouldBe([
            $"Left out 2 clients with the address or key of a later one; {path}.python still has them, and such machines must register again",
            "Removed 5 names of clients: not a valid hostname, or that of another client"]);
    }

    [Fact]
    public void A_database_is_adopted_only_once()
    {
        using var folder = new Folder();
        var path = folder.File("clients.db");
        PythonDatabase.Create(path, ("alpha", Some.Key(), "fd00:a::2", "web"));
        SqliteDatabase.Open(path, new CollectedLog().CreateLogger("store")).Dispose();
        var copy = File.ReadAllBytes(path + ".python");
        var log = new CollectedLog();

        SqliteDatabase.Open(path, log.CreateLogger("store")).Dispose();

        log.Lines.ShouldBeEmpty();
        File.ReadAllBytes(path + ".python").ShouldBe(copy);
        folder.Names().ShouldBe(["clients.db", "clients.db.lock", "clients.db.python"]);
    }

    [Fact]
    public void A_second_Python_database_gets_a_copy_of_its_own()
    {
        using var folder = new Folder();
        var path = folder.File("clients.db");
        File.WriteAllText(path + ".python", "the copy of an earlier one, or what a crash left of it");
        PythonDatabase.Create(path, ("alpha", Some.Key(), "fd00:a::2", "web"), ("alpha", Some.Key(), "fd00:a::2", "web"));
        var log = new CollectedLog();

        SqliteDatabase.Open(path, log.CreateLogger("store")).Dispose();

        File.ReadAllText(path + ".python").ShouldStartWith("the copy of an earlier one");
        Some.Rows(path + ".python.2", "SELECT count(*) FROM clients").ShouldBe(["2"]);
        log.At(LogLevel.Information).ShouldBe([$"Adopted {path} with 1 client of the Python server; {path}.python.2 is a copy from before"]);
    }

    [Fact]
    public void An_adoption_without_room_for_the_copy_changes_nothing_and_leaves_no_half_copy()
    {
        using var folder = Folder.OfSize("128k");
        var path = folder.File("clients.db");
        PythonDatabase.Create(path, [.. Enumerable.Range(2, 300).Select(i => ("alpha", Some.Key(), $"fd00:a::{i:x}", (string?)null))]);
        var before = File.ReadAllBytes(path);
        before.Length.ShouldBeGreaterThan(40_000);
        File.WriteAllBytes(folder.File("ballast"), new byte[(128 * 1024) - before.Length - 20_000]);

        var refused = Should.Throw<StartupException>(() => SqliteDatabase.Open(path, new CollectedLog().CreateLogger("store")));

        refused.Message.ShouldBe($"database {path}: the disk is full; free some space and start again");
        File.ReadAllBytes(path).ShouldBe(before);
        folder.Names().ShouldBe(["ballast", "clients.db", "clients.db.lock"]);
    }

    [Fact]
    public void A_database_of_another_program_is_refused_and_not_changed()
    {
        using var folder = new Folder();
        var path = folder.File("clients.db");
        Some.Execute(path, "CREATE TABLE clients (name TEXT); INSERT INTO clients VALUES ('somebody')");
        var before = File.ReadAllBytes(path);

        var refused = Should.Throw<StartupException>(() => SqliteDatabase.Open(path, new CollectedLog().CreateLogger("store")));

        refused.Message.ShouldBe($"database {path} has a table clients that is neither the Python server's nor ours: name another file in 'database'");
        File.ReadAllBytes(path).ShouldBe(before);
        folder.Names().ShouldBe(["clients.db", "clients.db.lock"]);
    }
}
