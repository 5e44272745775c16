using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using WgFleet.Store.Engine;
using WgFleet.Store.Sqlite;
using WgFleet.Testing;

namespace WgFleet.Tests.Cli.Databases;

public sealed class DatabaseCommandTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly TestDatabase _postgres = new(TestEngine.Postgres);

    private string Source => _folder.File("clients.db");

    private string Other => _folder.File("other.db");

    private string Secret => _folder.File("database.secret");

    private string PostgresName => $"{_postgres.Rows("SELECT current_database()")[0]} of {PostgresServer.Shared.Host}";

    public void Dispose()
    {
        _postgres.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_server_goes_to_PostgreSQL_and_back_with_what_the_command_says_to_do()
    {
        Create(Source, clients: 2);
        WriteSecret();
        var config = CommandRun.Config(_folder);
        var before = (File.ReadAllBytes(Source), _folder.Names().Except(["clients.db.lock"]).ToList());

        var there = await CopyAsync(config, $"postgresql:{Secret}");

        there.ShouldBe(new CommandRun(0,
            $$"""
            clients          2
            removed_clients  0
            events           1
            hook_state       0
            deliveries       0
            tokens           0
            frozen_fleets    0
            written_files    0
            approvals        0
            leases           0
            fleet_keys       0
            rosters          0

            Copied to database {{PostgresName}}, whose tables have as many rows. Its next event gets number 8.
            Now write this into {{config}}, and start the server:

                database: {postgresql: {{Secret}}}

            Database {{Source}} is as it was. Keep it until the server runs well with the copy.

            """, ""));
        _postgres.Rows("SELECT hostname FROM clients ORDER BY id").ShouldBe(["web1", "web2"]);
        File.ReadAllBytes(Source).ShouldBe(before.Item1);
        _folder.Names().Except(["clients.db.lock"]).ShouldBe(before.Item2);

        CommandRun.Config(_folder, text => text.Replace($"database: {Source}", Line(there), StringComparison.Ordinal));
        var back = await CopyAsync(config, Other);

        (back.ExitCode, back.Error).ShouldBe((0, ""));
        Line(back).ShouldBe($"database: {Other}");
        Some.Rows(Other, "SELECT * FROM clients").ShouldBe(Some.Rows(Source, "SELECT * FROM clients"));
        Some.Rows(Other, "SELECT seq FROM sqlite_sequence WHERE name = 'events'").ShouldBe(["7"]);
        File.GetUnixFileMode(Other).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_database_that_a_killed_server_left_is_copied_with_what_is_only_in_its_log()
    {
        Create(Source, clients: 1);
        using (var running = SqliteLink.Open(Source, isReadOnly: false, busySeconds: 1))
        {
            running.Run("UPDATE clients SET hostname = 'late'");
            File.Copy(Source, _folder.File("killed.db"));
            File.Copy(Source + "-wal", _folder.File("killed.db-wal"));
        }

        var run = await CopyAsync(CommandRun.Config(_folder, text => text.Replace(Source, _folder.File("killed.db"), StringComparison.Ordinal)), Other);

        run.ExitCode.ShouldBe(0, run.Error);
        Some.Rows(Other, "SELECT hostname FROM clients").ShouldBe(["late"]);
    }

    [Fact]
    public async Task Nothing_is_copied_while_a_server_runs_on_the_source()
    {
        Create(Source, clients: 1);
        using var server = SqliteDatabase.Open(Source, new CollectedLog().CreateLogger("store"));

        var run = await CopyAsync(CommandRun.Config(_folder), Other);

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldStartWith($"wg-fleet: database {Source} is in use by wg-fleet, pid {Environment.ProcessId}, since ");
        File.Exists(Other).ShouldBeFalse();
    }

    [Fact]
    public async Task Nothing_is_copied_while_a_server_runs_on_the_PostgreSQL_of_the_source_or_of_the_target()
    {
        Create(Source, clients: 1);
        WriteSecret();
        using var server = _postgres.Open();

        var to = await CopyAsync(CommandRun.Config(_folder), $"postgresql:{Secret}");
        var from = await CopyAsync(CommandRun.Config(_folder, text => text.Replace($"database: {Source}", $"database: {{postgresql: {Secret}}}", StringComparison.Ordinal)), Other);

        foreach (var run in new[] { to, from })
        {
            run.ExitCode.ShouldBe(1);
            run.Error.ShouldStartWith($"wg-fleet: database {PostgresName} is in use by wg-fleet, pid {Environment.ProcessId} on ");
        }

        File.Exists(Other).ShouldBeFalse();
    }

    [Fact]
    public async Task Nothing_is_copied_while_a_server_runs_on_the_file_of_the_target()
    {
        Create(Source, clients: 1);
        using var server = SqliteDatabase.Open(Other, new CollectedLog().CreateLogger("store"));

        var run = await CopyAsync(CommandRun.Config(_folder), Other);

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldStartWith($"wg-fleet: database {Other} is in use by wg-fleet, pid {Environment.ProcessId}, since ");
    }

    [Fact]
    public async Task A_target_that_has_something_is_refused_and_stays_as_it_is()
    {
        Create(Source, clients: 1);
        Create(Other, clients: 1);
        WriteSecret();
        using (var database = _postgres.Open())
            database.Write(c => c.Execute("INSERT INTO frozen_fleets (fleet, since, frozen_by) VALUES ('alpha', $1, 'kim')", DateTime.UtcNow));

        (await CopyAsync(CommandRun.Config(_folder), Other)).ShouldBe(new CommandRun(1, "",
            $"wg-fleet: database {Other} is not empty, it has rows in clients, events: name a file that does not exist\n"));
        (await CopyAsync(CommandRun.Config(_folder), $"postgresql:{Secret}")).ShouldBe(new CommandRun(1, "",
            $"wg-fleet: database {PostgresName} is not empty, it has rows in frozen_fleets: name an empty one, which createdb makes\n"));
    }

    [Fact]
    public async Task A_database_of_the_Python_server_is_neither_copied_nor_written()
    {
        Create(Source, clients: 1);
        PythonDatabase.Create(Other);
        Some.Execute(Other, "INSERT INTO clients (fleet_id, public_key, assigned_ip, http_request_ip, hostname, timestamp) VALUES ('a', 'k', 'fd00::2', '::1', NULL, '2025-11-01 12:00:00.123456')");
        var before = File.ReadAllBytes(Other);

        var to = await CopyAsync(CommandRun.Config(_folder), Other);
        var from = await CopyAsync(CommandRun.Config(_folder, text => text.Replace(Source, Other, StringComparison.Ordinal)), _folder.File("new.db"));

        to.Error.ShouldBe($"wg-fleet: database {Other} is not empty, it has rows in clients: name a file that does not exist\n");
        from.Error.ShouldBe($"wg-fleet: database {Other} was not made by wg-fleet: if it is the Python server's, start wg-fleet with it once, which adopts it\n");
        File.ReadAllBytes(Other).ShouldBe(before);
        File.Exists(_folder.File("new.db")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_database_of_another_version_is_not_copied()
    {
        File.Copy(Fixture("schema10.db"), Source);
        var known = Migration.OfSqlite.Count;

        (await CopyAsync(CommandRun.Config(_folder), Other)).ShouldBe(new CommandRun(1, "",
            $"wg-fleet: database {Source} is of an older wg-fleet (schema 10, this one has {known}): start the server once, which upgrades it\n"));

        SqliteDatabase.Open(Source, new CollectedLog().CreateLogger("store")).Dispose();
        Some.Execute(Source, $"INSERT INTO schema_migrations VALUES ({known + 1}, 'of_the_future', '2027-01-01 00:00:00.000000')");
        (await CopyAsync(CommandRun.Config(_folder), Other)).Error.ShouldBe(
            $"wg-fleet: database {Source} was written by a newer wg-fleet (schema {known + 1}, this one knows {known}): install that version\n");
        File.Exists(Other).ShouldBeFalse();
    }

    [Fact]
    public async Task What_cannot_be_meant_is_told_in_one_line()
    {
        var config = CommandRun.Config(_folder);
        (await CopyAsync(config, Other)).ShouldBe(new CommandRun(1, "", $"wg-fleet: there is no database {Source}; name the configuration file with --config\n"));

        Create(Source, clients: 1);
        WriteSecret();
        File.CreateSymbolicLink(_folder.File("link.db"), Source);
        (await CopyAsync(config, Source)).Error.ShouldBe($"wg-fleet: database {Source} is the one that the configuration names; name another one with --to\n");
        (await CopyAsync(config, _folder.File("link.db"))).Error.ShouldBe($"wg-fleet: database {Source} is the one that the configuration names; name another one with --to\n");
        (await CopyAsync(config, Secret)).Error.ShouldBe($"wg-fleet: {Secret} is there, and is not a database; if it is the secret file for PostgreSQL, write --to postgresql:{Secret}\n");
        (await CopyAsync(config, _folder.Path)).Error.ShouldStartWith($"wg-fleet: {_folder.Path} is there, and is not a database; ");
        (await CopyAsync(config, $"postgresql:{_folder.File("none")}")).Error.ShouldBe($"wg-fleet: database: there is no secret file {_folder.File("none")}\n");
        (await CopyAsync(config, _folder.File("none/new.db"))).Error.ShouldStartWith($"wg-fleet: database directory {_folder.File("none")} does not exist: create it");

        File.WriteAllText(config, "domain: 7\n");
        (await CopyAsync(config, Other)).ExitCode.ShouldBe(78);
    }

    [Theory]
    [InlineData("--to is missing")]
    [InlineData("--to needs a value", "--to")]
    [InlineData("--to 'postgresql:' names no file; write postgresql:FILE", "--to", "postgresql:")]
    [InlineData("--to 'postgresql://fleet@db/fleet' is a URL; write the connection string into a file", "--to", "postgresql://fleet@db/fleet")]
    public async Task A_wrong_target_ends_with_2(string told, params string[] arguments)
    {
        var run = await CommandRun.RunAsync(["database", "copy", .. arguments]);

        (run.ExitCode, run.Out).ShouldBe((2, ""));
        run.Error.ShouldStartWith($"wg-fleet: {told}");
    }

    [Fact]
    public async Task An_interrupted_copy_leaves_an_empty_database_that_the_next_one_fills()
    {
        Create(Source, clients: 1);
        Some.Execute(Source, "WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) "
            + "INSERT INTO events (seq, id, type, time, data) SELECT i, 'evt_' || i, 'fleet.repaired', '2026-01-02 03:04:05.000000', '{}' FROM n");
        var config = CommandRun.Config(_folder);
        using var process = Process.Start(new ProcessStartInfo("env", ["--default-signal", Path.Combine(AppContext.BaseDirectory, "wg-fleet"), "database", "copy", "--to", Other, "--config", config])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

        // The write-ahead log grows with the transaction.
        await Eventually.True(() => process.HasExited || (File.Exists(Other + "-wal") && new FileInfo(Other + "-wal").Length > 1_000_000));
        using var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        (process.ExitCode, await output, await error).ShouldBe((130, "", "wg-fleet: interrupted; nothing was copied\n"));
        Some.Rows(Other, "SELECT count(*) FROM events UNION ALL SELECT count(*) FROM clients").ShouldBe(["0", "0"]);
        (await CopyAsync(config, Other)).ExitCode.ShouldBe(0);
        Some.Rows(Other, "SELECT max(seq) FROM events").ShouldBe(["200000"]);
    }

    private static Task<CommandRun> CopyAsync(string config, string to) => CommandRun.RunAsync("database", "copy", "--to", to, "--config", config);

    /// <summary>The line that the command says to write into the configuration.</summary>
    private static string Line(CommandRun run) => run.Out.Split('\n').Single(l => l.StartsWith("    database: ", StringComparison.Ordinal)).Trim();

    private void WriteSecret()
    {
        File.WriteAllText(Secret, $"Host={PostgresServer.Shared.Host}\nUsername=postgres\nDatabase={_postgres.Rows("SELECT current_database()")[0]}\n");
        File.SetUnixFileMode(Secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static void Create(string path, int clients)
    {
        SqliteDatabase.Open(path, new CollectedLog().CreateLogger("store")).Dispose();
        for (var i = 1; i <= clients; i++)
        {
            Some.Execute(path, $"INSERT INTO clients (id, fleet_id, public_key, assigned_ip, http_request_ip, hostname, timestamp) VALUES ({i}, 'alpha', 'key{i}', 'fd00:a::{i}', '::1', 'web{i}', '2026-01-02 03:04:05.000006')");
        }

        Some.Execute(path, "INSERT INTO events (seq, id, type, time, data) VALUES (7, 'evt_7', 'fleet.repaired', '2026-01-02 03:04:05.000000', '{}')");
    }

    private static string Fixture(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../Store/Engine/Fixtures", name);
}
