using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Hosting;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;

namespace WgFleet.Tests.Store.Engine;

public class DatabaseFileTests
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public void Only_the_owner_can_read_the_database_and_its_log_also_if_others_could_before()
    {
        using var folder = new Folder();
        var path = folder.File("clients.db");
        Open(folder).Dispose();
        File.GetUnixFileMode(path).ShouldBe(Private);

        File.SetUnixFileMode(path, Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        using var database = Open(folder);
        Fill(database, 1);
        File.GetUnixFileMode(path).ShouldBe(Private);
        File.GetUnixFileMode(path + "-wal").ShouldBe(Private);
    }

    [Fact]
    public void A_database_that_is_deleted_or_replaced_takes_no_more_writes()
    {
        using var folder = new Folder();
        var path = folder.File("clients.db");
        using var database = Open(folder);
        database.Check();

        File.Move(path, path + ".away");
        Trouble(() => Fill(database, 1)).ShouldBe($"database {path} was deleted or replaced while the server uses it: "
            + "save what the server still has with 'wg-fleet backup FILE', stop the server, 'wg-fleet restore FILE', and start it; or put the file back");
        Should.Throw<StoreException>(database.Check).Error.ShouldBe(StoreError.Unavailable);

        File.WriteAllText(path, "");
        Should.Throw<StoreException>(database.Check).Error.ShouldBe(StoreError.Unavailable);

        File.Move(path + ".away", path, overwrite: true);
        database.Check();
        Fill(database, 1);
    }

    [Theory]
    [InlineData("-wal")]
    [InlineData("-shm")]
    public void A_deleted_log_takes_no_more_writes_and_a_stop_saves_what_is_in_it(string suffix)
    {
        using var folder = new Folder();
        var path = folder.File("clients.db");
        using (var database = Open(folder))
        {
            Fill(database, 1);
            File.Delete(path + suffix);

            Trouble(() => Fill(database, 1)).ShouldBe(
                $"database {path}{suffix} was deleted or replaced while the server uses it: restart the server, which saves what it has; do not kill it");
            Should.Throw<StoreException>(database.Check).Error.ShouldBe(StoreError.Unavailable);
        }

        using var opened = Open(folder);
        opened.Read(c => c.Number("SELECT count(*) FROM events")).ShouldBe(1);
    }

    [Fact]
    public void A_database_that_is_emptied_takes_no_more_writes()
    {
        using var folder = new Folder();
        using var database = Open(folder);
        Fill(database, 1);
        File.WriteAllText(folder.File("clients.db"), "");

        Trouble(() => Fill(database, 1)).ShouldContain("restore a backup");
        Should.Throw<StoreException>(database.Check).Error.ShouldBe(StoreError.Unavailable);
    }

    [Fact]
    public void Damage_that_a_write_has_met_is_reported_although_other_writes_succeed()
    {
        using var folder = new Folder();
        using (var database = Open(folder))
            Fill(database, 200_000);

        using (var file = File.OpenHandle(folder.File("clients.db"), FileMode.Open, FileAccess.ReadWrite))
            RandomAccess.Write(file, Enumerable.Repeat((byte)0xA5, 4096).ToArray(), 4096 * RootOf(folder, "clients"));

        using var damaged = Open(folder);
        Should.Throw<StoreException>(() => damaged.Write(c => c.Execute("DELETE FROM clients"))).Error.ShouldBe(StoreError.Corrupt);
        Fill(damaged, 1);

        Trouble(damaged.Check).ShouldBe(
            $"database {folder.File("clients.db")} is damaged (SQLite Error 11: 'database disk image is malformed'.): stop the server and restore a backup");
    }

    [Fact]
    public void A_start_on_a_full_disk_says_that_it_is_full_also_for_a_database_that_exists()
    {
        using var folder = Folder.OfSize("2m");
        Open(folder).Dispose();
        FillUp(folder.File("ballast"));

        Should.Throw<StartupException>(() => Open(folder)).Message.ShouldBe(
            $"database {folder.File("clients.db")}: the disk is full; free some space and start again");
    }

    [Fact]
    public void A_full_disk_is_reported_until_it_has_room_again()
    {
        using var folder = Folder.OfSize("2m");
        using var database = Open(folder);
        File.WriteAllBytes(folder.File("ballast"), new byte[1024 * 1024]);
        Should.Throw<StoreException>(() => Fill(database, 2 * 1024 * 1024)).Error.ShouldBe(StoreError.Full);
        FillUp(folder.File("more"));

        Should.Throw<StoreException>(database.Check).Error.ShouldBe(StoreError.Full);

        File.Delete(folder.File("more"));
        File.Delete(folder.File("ballast"));
        database.Check();
    }

    [Fact]
    public void The_check_whether_the_database_can_be_written_writes_to_it()
    {
        using var folder = new Folder();
        using var database = Open(folder);
        var log = new FileInfo(folder.File("clients.db-wal"));
        database.CheckWritable();
        log.Refresh();
        var before = log.Length;

        database.CheckWritable();

        log.Refresh();
        log.Length.ShouldBeGreaterThan(before);
    }

    [Fact]
    public void A_write_ahead_log_that_grew_during_a_long_read_is_truncated_afterwards()
    {
        using var folder = new Folder();
        using var database = Open(folder);
        var log = new FileInfo(folder.File("clients.db-wal"));
        using (var reader = new SqliteConnection($"Data Source={folder.File("clients.db")};Mode=ReadOnly;Pooling=False"))
        {
            reader.Open();
            using var transaction = reader.BeginTransaction(deferred: true);
            using var read = reader.CreateCommand();
            read.CommandText = "SELECT count(*) FROM events";
            read.ExecuteScalar();
            Fill(database, 12 * 1024 * 1024);
            log.Refresh();
            log.Length.ShouldBeGreaterThan(10 * 1024 * 1024);
        }

        Fill(database, 1);
        Fill(database, 1);

        log.Refresh();
        log.Length.ShouldBeLessThan(5 * 1024 * 1024);
    }

    [Fact]
    public async Task A_server_whose_database_was_deleted_says_so_and_registers_no_client()
    {
        await using var server = await TestServer.StartAsync();
        File.Move(server.Config.Database, server.Config.Database + ".away");

        (await server.SendAsync(HttpMethod.Post, "/fleet/alpha/register")).Status.ShouldBe(500);
        server.Registry.Current.Fleet("alpha")!.Count.ShouldBe(0);
        var supervisor = server.Services.GetRequiredService<Supervisor>();
        await Eventually.True(() => supervisor.Parts.Any(p => p is { Name: "database", IsFailing: true }), () => server.Time.Advance(TimeSpan.FromSeconds(1)));
        var ready = await server.SendAsync(HttpMethod.Get, "/readyz");
        (ready.Status, ready.Body.Contains("was deleted or replaced while the server uses it: save what the server still has with 'wg-fleet backup FILE'", StringComparison.Ordinal)).ShouldBe((503, true));

        File.Move(server.Config.Database + ".away", server.Config.Database);
        await Eventually.True(() => !supervisor.Parts.Any(p => p.IsFailing), () => server.Time.Advance(TimeSpan.FromSeconds(1)));
        await server.JoinAsync();
    }

    private static Database Open(Folder folder) => SqliteDatabase.Open(folder.File("clients.db"), new CollectedLog().CreateLogger("store"), busySeconds: 1);

    private static string Trouble(Action action) => Should.Throw<StoreException>(action).Message;

    private static void Fill(Database database, int bytes) =>
        database.Write(c => c.Execute("INSERT INTO events (id, type, time, data) VALUES ($1, 'test', '2026-01-02 03:04:05.000000', $2)", Guid.NewGuid().ToString(), new string('x', bytes)));

    private static long RootOf(Folder folder, string table)
    {
        using var connection = new SqliteConnection($"Data Source={folder.File("clients.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT rootpage - 1 FROM sqlite_master WHERE name = '{table}'";
        return (long)command.ExecuteScalar()!;
    }

    private static void FillUp(string path)
    {
        try
        {
            using var file = File.Create(path);
            while (true)
            {
                file.Write(new byte[4096]);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // That is full.
        }
    }
}
