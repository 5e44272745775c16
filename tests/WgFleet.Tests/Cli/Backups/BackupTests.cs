using WgFleet.Store;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;

namespace WgFleet.Tests.Cli.Backups;

public sealed class BackupTests : IDisposable
{
    private const string Key = "[Interface]\nPrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=\n";

    private readonly Folder _folder = new();
    private readonly Folder _other = new();

    public void Dispose()
    {
        _folder.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task A_backup_of_a_database_in_use_is_restored_on_another_machine_without_directories()
    {
        await using var server = await TestRegistry.StartAsync(_folder);
        var client = await server.JoinAsync();
        var backup = await BackupAsync();

        // The other machine has a configuration that puts files elsewhere, in directories that are not there.
        var config = CommandRun.Config(_other, text => text.Replace(_other.File("clients.db"), _other.File("state/clients.db"), StringComparison.Ordinal));
        var restored = await CommandRun.RunAsync("restore", backup, "--config", config);

        restored.ExitCode.ShouldBe(0, restored.Error);
        restored.Out.ShouldBe($"restored {_other.File("state/clients.db")}\nrestored {_other.File("wireguard/wg_alpha.conf")}\n");
        Some.Rows(_other.File("state/clients.db"), "SELECT public_key FROM clients").ShouldBe([client.PublicKey.ToString()]);
        File.ReadAllText(_other.File("wireguard/wg_alpha.conf")).ShouldBe(Key);
        foreach (var secret in new[] { backup, _other.File("state/clients.db"), _other.File("wireguard/wg_alpha.conf") })
            File.GetUnixFileMode(secret).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        using var database = SqliteDatabase.Open(_other.File("state/clients.db"), new CollectedLog().CreateLogger("store"));
    }

    [Fact]
    public async Task A_database_in_a_read_only_directory_is_backed_up_while_no_server_runs()
    {
        using var disk = Folder.OfSize("4m");
        SqliteDatabase.Open(disk.File("clients.db"), new CollectedLog().CreateLogger("store")).Dispose();
        disk.Remount("ro");
        var config = CommandRun.Config(_folder, text => text.Replace(_folder.File("clients.db"), disk.File("clients.db"), StringComparison.Ordinal));

        var run = await CommandRun.RunAsync("backup", _folder.File("backup"), "--config", config);

        run.ExitCode.ShouldBe(0, run.Error);
        (await CommandRun.RunAsync("restore", _folder.File("backup"), "--config", CommandRun.Config(_other))).ExitCode.ShouldBe(0);
        using var restored = SqliteDatabase.Open(_other.File("clients.db"), new CollectedLog().CreateLogger("store"));
    }

    [Fact]
    public async Task The_configuration_is_restored_too_if_there_is_none()
    {
        SqliteDatabase.Open(_folder.File("clients.db"), new CollectedLog().CreateLogger("store")).Dispose();
        var backup = await BackupAsync();
        var config = File.ReadAllText(_folder.File("wg-fleet.yaml"));
        foreach (var file in new[] { "clients.db", "wg-fleet.yaml", "wireguard/wg_alpha.conf" })
            File.Delete(_folder.File(file));

        var restored = await CommandRun.RunAsync("restore", backup, "--config", _folder.File("wg-fleet.yaml"));

        restored.ExitCode.ShouldBe(0, restored.Error);
        File.ReadAllText(_folder.File("wg-fleet.yaml")).ShouldBe(config);
        File.Exists(_folder.File("clients.db")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_restore_is_refused_while_the_server_runs()
    {
        using var database = SqliteDatabase.Open(_folder.File("clients.db"), new CollectedLog().CreateLogger("store"));
        var backup = await BackupAsync();

        var refused = await CommandRun.RunAsync("restore", backup, "--force", "--config", _folder.File("wg-fleet.yaml"));

        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldStartWith($"wg-fleet: database {_folder.File("clients.db")} is in use by wg-fleet, pid {Environment.ProcessId}");
        _folder.Names().ShouldNotContain(name => name.Contains("restore", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Existing_files_are_replaced_only_with_force_and_copies_of_them_are_kept()
    {
        SqliteDatabase.Open(_folder.File("clients.db"), new CollectedLog().CreateLogger("store")).Dispose();
        var backup = await BackupAsync();
        File.WriteAllText(_folder.File("wireguard/wg_alpha.conf"), "another");
        var config = _folder.File("wg-fleet.yaml");

        var refused = await CommandRun.RunAsync("restore", backup, "--config", config);

        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldBe($"wg-fleet: nothing was changed, because files exist: {_folder.File("clients.db")}, {_folder.File("wireguard/wg_alpha.conf")}; "
            + "with --force they are kept as FILE.before-restore and replaced\n");
        File.ReadAllText(_folder.File("wireguard/wg_alpha.conf")).ShouldBe("another");

        (await CommandRun.RunAsync("restore", backup, "--force", "--config", config)).ExitCode.ShouldBe(0);
        File.ReadAllText(_folder.File("wireguard/wg_alpha.conf")).ShouldBe(Key);
        File.ReadAllText(_folder.File("wireguard/wg_alpha.conf.before-restore")).ShouldBe("another");
        File.Exists(_folder.File("clients.db.before-restore")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_backup_replaces_an_older_backup_but_no_other_file()
    {
        SqliteDatabase.Open(_folder.File("clients.db"), new CollectedLog().CreateLogger("store")).Dispose();
        File.WriteAllText(_folder.File("backup"), "precious");
        var config = CommandRun.Config(_folder);

        var refused = await CommandRun.RunAsync("backup", _folder.File("backup"), "--config", config);

        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldBe($"wg-fleet: {_folder.File("backup")} exists and is not a backup of wg-fleet, so it is not overwritten; name another file\n");
        File.ReadAllText(_folder.File("backup")).ShouldBe("precious");

        File.Delete(_folder.File("backup"));
        (await BackupAsync()).ShouldBe(await BackupAsync());
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.9)]
    public async Task A_truncated_backup_is_refused_and_changes_nothing(double share)
    {
        SqliteDatabase.Open(_folder.File("clients.db"), new CollectedLog().CreateLogger("store")).Dispose();
        var backup = await BackupAsync();
        using (var file = File.OpenWrite(backup))
            file.SetLength((long)(file.Length * share));

        var refused = await CommandRun.RunAsync("restore", backup, "--config", CommandRun.Config(_other));

        refused.ExitCode.ShouldBe(1, refused.Out);
        refused.Error.Split('\n').Length.ShouldBe(2);
        File.Exists(_other.File("clients.db")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_backup_in_which_a_byte_has_changed_or_a_file_is_missing_is_refused_and_changes_nothing()
    {
        SqliteDatabase.Open(_folder.File("clients.db"), new CollectedLog().CreateLogger("store")).Dispose();
        var whole = File.ReadAllBytes(await BackupAsync());
        var key = whole.AsSpan().IndexOf("yAnz5TF"u8);
        var changed = (byte[])whole.Clone();
        changed[key] ^= 1;
        var end = key / 512 * 512;

        // In the second one, the file ends before the entry of the key: an extended header, its content, and the header.
        foreach (var damaged in new[] { changed, whole[..(end - (3 * 512))] })
        {
            File.WriteAllBytes(_other.File("backup"), damaged);
            var refused = await CommandRun.RunAsync("restore", _other.File("backup"), "--config", CommandRun.Config(_other));

            refused.ExitCode.ShouldBe(1, refused.Out);
            refused.Error.ShouldBe($"wg-fleet: {_other.File("backup")} is damaged, or only a part of a backup: its files are not those that were backed up; use another backup\n");
            File.Exists(_other.File("clients.db")).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_device_or_a_pipe_is_not_replaced_by_a_backup()
    {
        SqliteDatabase.Open(_folder.File("clients.db"), new CollectedLog().CreateLogger("store")).Dispose();
        var config = CommandRun.Config(_folder);
        File.CreateSymbolicLink(_folder.File("nowhere"), "/dev/null");

        foreach (var path in new[] { _folder.File("nowhere"), _folder.File("wireguard") })
        {
            Directory.CreateDirectory(_folder.File("wireguard"));
            var refused = await CommandRun.RunAsync("backup", path, "--config", config);
            (refused.ExitCode, refused.Error).ShouldBe((1, $"wg-fleet: {path} is not a regular file, so it is not overwritten; name another file\n"));
        }

        new FileInfo(_folder.File("nowhere")).LinkTarget.ShouldBe("/dev/null");
        var missing = await CommandRun.RunAsync("backup", _folder.File("no/such/backup"), "--config", config);
        missing.Error.ShouldBe($"wg-fleet: directory {_folder.File("no/such")} does not exist; create it\n");
    }

    [Fact]
    public async Task A_backup_to_a_full_disk_says_so_and_leaves_nothing_behind()
    {
        using var disk = Folder.OfSize("64k");
        using (var database = SqliteDatabase.Open(_folder.File("clients.db"), new CollectedLog().CreateLogger("store")))
            database.CheckWritable();

        var run = await CommandRun.RunAsync("backup", disk.File("backup"), "--config", CommandRun.Config(_folder));

        (run.ExitCode, run.Error).ShouldBe((1, $"wg-fleet: {disk.File("backup")} cannot be written: the disk is full; free some space, or name a file on another disk\n"));
        disk.Names().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_list_of_files_that_the_server_owns_is_not_restored_on_another_machine()
    {
        using (var database = SqliteDatabase.Open(_folder.File("clients.db"), new CollectedLog().CreateLogger("store")))
            new WrittenFileStore(database).Add("/srv/names", DateTime.UtcNow);

        var backup = await BackupAsync();
        (await CommandRun.RunAsync("restore", backup, "--config", CommandRun.Config(_other))).ExitCode.ShouldBe(0);
        (await CommandRun.RunAsync("restore", backup, "--force", "--config", _folder.File("wg-fleet.yaml"))).ExitCode.ShouldBe(0);

        Some.Rows(_other.File("clients.db"), "SELECT path FROM written_files").ShouldBeEmpty();
        Some.Rows(_folder.File("clients.db"), "SELECT path FROM written_files").ShouldBe(["/srv/names"]);
    }

    private async Task<string> BackupAsync()
    {
        Directory.CreateDirectory(_folder.File("wireguard"));
        File.WriteAllText(_folder.File("wireguard/wg_alpha.conf"), Key);
        var run = await CommandRun.RunAsync("backup", _folder.File("backup"), "--config", CommandRun.Config(_folder));
        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldBe($"wrote {_folder.File("backup")}\n");
        return _folder.File("backup");
    }
}
