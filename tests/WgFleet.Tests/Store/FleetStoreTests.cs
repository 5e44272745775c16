using System.Diagnostics;
using Microsoft.Data.Sqlite;
using WgFleet.Hosting;
using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;
using WgFleet.WireGuard;

namespace WgFleet.Tests.Store;

public class FleetStoreTests
{
    [Fact]
    public void Every_commit_is_on_disk_before_it_returns()
    {
        using var folder = new Folder();
        using var store = Open(folder);

        Pragma(store.Write, "journal_mode").ShouldBe("wal");
        Pragma(store.Write, "synchronous").ShouldBe("2");

        // What may be lost in a power cut does not change that for what may not.
        Pragma(store.WriteRelaxed, "synchronous").ShouldBe("1");
        Should.Throw<StoreException>(() => store.WriteRelaxed(c => c.Execute("nonsense"))).Error.ShouldBe(StoreError.Failed);
        Pragma(store.Write, "synchronous").ShouldBe("2");

        static string Pragma(Func<Func<Connection, string>, string> write, string name) => write(c => c.Query("PRAGMA " + name, row => row[0].Text).Single());
    }

    [Fact]
    public void A_missing_directory_is_named_in_the_error()
    {
        using var folder = new Folder();

        Refused(folder.File("missing/clients.db")).ShouldBe($"database directory {folder.File("missing")} does not exist: create it, or set 'database' in the config");
        folder.Names().ShouldBeEmpty();
    }

    [Fact]
    public void A_file_that_is_not_a_database_is_refused_and_not_changed()
    {
        using var folder = new Folder();
        var path = folder.File("clients.db");
        var garbage = new byte[10_000];
        new Random(1).NextBytes(garbage);
        File.WriteAllBytes(path, garbage);

        Refused(path).ShouldBe($"database {path} is corrupt or not a database (SQLite Error 26: 'file is not a database'.): nothing was changed; restore a backup or move the file away");
        File.ReadAllBytes(path).ShouldBe(garbage);
        folder.Names().ShouldBe(["clients.db", "clients.db.lock"]);
    }

    [Fact]
    public async Task A_database_with_a_damaged_page_is_refused_at_start_in_one_line_and_not_changed()
    {
        using var folder = new Folder();
        var path = folder.File("clients.db");
        await using (var test = await TestRegistry.StartAsync(folder))
            await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => test.JoinAsync()));

        // Every page after the schema's.
        using (var file = File.OpenWrite(path))
        {
            file.Position = 4096;
            file.Write(Enumerable.Repeat((byte)0xA5, (int)file.Length - 4096).ToArray());
        }

        var broken = File.ReadAllBytes(path);
        var refused = await TestRegistry.StartAsync(folder).ShouldThrowAsync<StartupException>();

        refused.Message.ShouldBe($"database {path} is corrupt or not a database (SQLite Error 11: 'database disk image is malformed'.): nothing was changed; restore a backup or move the file away");
        File.ReadAllBytes(path).ShouldBe(broken);
    }

    [Fact]
    public void A_read_only_file_system_is_refused()
    {
        using var folder = Folder.OfSize("1m");
        Open(folder).Dispose();
        folder.Remount("ro");

        Refused(folder.File("clients.db")).ShouldBe($"database lock {folder.File("clients.db.lock")} cannot be made: Read-only file system : '{folder.File("clients.db.lock")}'");
    }

    [Fact]
    public void A_full_file_system_is_refused()
    {
        using var folder = Folder.OfSize("64k");
        File.WriteAllBytes(folder.File("ballast"), new byte[60 * 1024]);

        Refused(folder.File("clients.db")).ShouldBe($"database {folder.File("clients.db")}: the disk is full; free some space and start again");
    }

    [Fact]
    public void A_file_locked_by_another_program_is_refused_within_the_time_limit()
    {
        using var folder = new Folder();
        Open(folder).Dispose();
        using var other = new SqliteConnection($"Data Source={folder.File("clients.db")};Pooling=False");
        other.Open();
        using var transaction = other.BeginTransaction();

        Refused(folder.File("clients.db")).ShouldBe($"database {folder.File("clients.db")} is locked by another program (SQLite Error 5: 'database is locked'.): stop it and start again");
    }

    [Fact]
    public async Task A_second_server_is_told_who_holds_the_database()
    {
        using var folder = new Folder();
        Open(folder).Dispose();
        var path = folder.File("clients.db");
        using var holder = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "wg-fleet"), ["--config", Config(folder)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PATH"] = folder.Path + ":" + Environment.GetEnvironmentVariable("PATH") },
        })!;
        try
        {
            // The server waits for wg-quick, which a PostUp in the fleet's file asks for.
            var holding = Task.Run(() => File.ReadAllText(folder.File("fifo")));
            if (await Task.WhenAny(holding, holder.WaitForExitAsync(TestRegistry.Ct)) != holding)
                Assert.Fail(await holder.StandardError.ReadToEndAsync(TestRegistry.Ct));

            (await holding).ShouldBe("holding\n");

            Refused(path).ShouldStartWith($"database {path} is in use by wg-fleet, pid {holder.Id}, since 20");
            Refused(path).ShouldEndWith(" UTC: only one wg-fleet may use it, stop that one first");
        }
        finally
        {
            holder.Kill(entireProcessTree: true);
            await holder.WaitForExitAsync(CancellationToken.None);
        }

        // A lock ends with its process, whatever the file says.
        Open(folder).Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_second_server_is_refused_even_if_it_opens_the_database_by_a_link(bool isHardLink)
    {
        using var folder = new Folder();
        using var first = Open(folder);
        var link = folder.File("other.db");
        if (isHardLink)
            ExecFolder.Command("ln", folder.File("clients.db"), link);
        else
            File.CreateSymbolicLink(link, folder.File("clients.db"));

        Refused(link).ShouldBe($"database {link} is in use by another wg-fleet, by another name (a link): only one may use it, stop that one first");

        first.Dispose();
        SqliteDatabase.Open(link, new CollectedLog().CreateLogger("store"), busySeconds: 1).Dispose();
    }

    [Fact]
    public async Task Saving_the_last_seen_time_of_a_removed_client_is_not_an_error()
    {
        await using var test = await TestRegistry.StartAsync();
        var client = await test.JoinAsync();
        test.Store.SaveSeen([new(client.Id, new DateTimeOffset(2026, 5, 6, 7, 8, 9, TimeSpan.Zero), null, null), new(77, default, null, null)]);

        Some.Rows(test.Config.Database, "SELECT id, timestamp FROM clients").ShouldBe(["1|2026-05-06 07:08:09.000000"]);
    }

    private static Database Open(Folder folder) => SqliteDatabase.Open(folder.File("clients.db"), new CollectedLog().CreateLogger("store"), busySeconds: 1);

    private static string Refused(string path) =>
        Should.Throw<StartupException>(() => SqliteDatabase.Open(path, new CollectedLog().CreateLogger("store"), busySeconds: 1).Dispose()).Message;

    private static string Config(Folder folder)
    {
        using (var mkfifo = Process.Start("mkfifo", folder.File("fifo")))
            mkfifo.WaitForExit();

        File.WriteAllText(folder.File("wg-quick"), $"#!/bin/sh\necho holding > {folder.File("fifo")}\nexec sleep 60\n");
        File.SetUnixFileMode(folder.File("wg-quick"), (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(folder.File("wireguard"));
        File.WriteAllText(folder.File("wireguard/wg_xtestlock.conf"), $"[Interface]\nPrivateKey = {PrivateKey.Generate().Reveal()}\nPostUp = true\n");
        File.WriteAllText(folder.File("wg-fleet.yaml"), $"""
            domain: example.test
            prune_timeout: 30m
            listen: 127.0.0.1:18761
            database: {folder.File("clients.db")}
            hosts_file: {folder.File("hosts")}
            prometheus_file: {folder.File("targets.json")}
            wireguard_directory: {folder.File("wireguard")}
            fleets:
              xtestlock:
                ip6: fd00:aa::1
                subnet: fd00:aa::/64
                external_ip: 192.0.2.1
                port: 51999

            """);
        return folder.File("wg-fleet.yaml");
    }
}
