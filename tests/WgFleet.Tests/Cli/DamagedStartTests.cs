using Microsoft.Extensions.Logging;
using WgFleet.Store.Sqlite;

namespace WgFleet.Tests.Cli;

/// <summary>A start on a database that somebody has damaged, by the program itself.</summary>
public sealed class DamagedStartTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("DROP TABLE written_files")]
    [InlineData("DROP TABLE tokens")]
    [InlineData("DELETE FROM schema_migrations")]
    [InlineData("UPDATE sqlite_sequence SET seq = 9223372036854775807")]
    [InlineData("CREATE TRIGGER t BEFORE INSERT ON events BEGIN SELECT raise(abort, 'not today'); END")]
    public async Task It_ends_with_one_line_that_names_the_database(string damage)
    {
        var config = Damaged(damage);
        var run = await CommandRun.RunAsync("serve", "--log-level", "Error", "--config", config);

        run.ExitCode.ShouldBe(1, run.Error);
        run.Error.ShouldStartWith($"wg-fleet: database {_folder.File("clients.db")} cannot be ");
        run.Error.Split('\n').Length.ShouldBe(2, run.Error);
    }

    [Theory]
    [InlineData("UPDATE sqlite_sequence SET seq = -5")]
    [InlineData("DELETE FROM sqlite_sequence")]
    public void The_numbers_of_events_go_on_behind_the_last_one_of_the_log(string damage)
    {
        Damaged(damage);

        using var database = SqliteDatabase.Open(_folder.File("clients.db"), new CollectedLog().CreateLogger("store"));

        database.Read(WgFleet.Store.EventTable.LastSequence).ShouldBe(1);
    }

    private string Damaged(string sql)
    {
        // Without a directory for its file no fleet comes up, so the program makes no interface on this machine.
        File.WriteAllText(_folder.File("wireguard"), "");
        using var database = SqliteDatabase.Open(_folder.File("clients.db"), new CollectedLog().CreateLogger("store"));
        database.Write(c =>
        {
            c.Execute("INSERT INTO events (id, type, time, data) VALUES ('a', 'startup', '2026-01-02 03:04:05.000000', '{}')");
            c.Execute(sql);
        });
        return CommandRun.Config(_folder);
    }
}
