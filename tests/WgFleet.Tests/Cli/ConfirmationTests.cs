using System.Diagnostics;
using WgFleet.Store.Sqlite;
using static WgFleet.Testing.TestServer;

namespace WgFleet.Tests.Cli;

/// <summary>An operator at a terminal, which script(1) gives the program, is asked before something is destroyed.</summary>
public class ConfirmationTests
{
    [Fact]
    public async Task An_operator_at_a_terminal_is_told_what_a_removal_does_and_a_no_changes_nothing()
    {
        await using var server = await StartAsync();
        var client = await server.JoinAsync();

        var (code, shown) = await AnswerAsync(server, "n", "clients", "remove", client.Address.ToString());

        code.ShouldBe(1);
        shown.ShouldContain($"This removes the client without a name ({client.Address}) of fleet alpha: its tunnel stops working and its name becomes free.");
        shown.ShouldContain("wg-fleet: nothing was changed");
        server.Registry.Current.Fleet("alpha")!.ById.ShouldContainKey(client.Id);
    }

    [Fact]
    public async Task An_operator_at_a_terminal_who_says_yes_removes_the_client()
    {
        await using var server = await StartAsync();
        var client = await server.JoinAsync();

        var (code, shown) = await AnswerAsync(server, "y", "clients", "remove", client.Address.ToString());

        (code, shown.Contains("is removed", StringComparison.Ordinal)).ShouldBe((0, true));
        server.Registry.Current.Fleet("alpha")!.ById.ShouldNotContainKey(client.Id);
    }

    [Fact]
    public async Task A_script_with_yes_is_not_asked_at_a_terminal()
    {
        await using var server = await StartAsync();
        var client = await server.JoinAsync();

        var (code, shown) = await AnswerAsync(server, null, "clients", "remove", client.Address.ToString(), "--yes");

        (code, shown.Contains("Go on?", StringComparison.Ordinal)).ShouldBe((0, false));
        server.Registry.Current.Fleet("alpha")!.ById.ShouldNotContainKey(client.Id);
    }

    [Theory]
    [InlineData("This revokes token grafana: ", "tokens", "revoke", "grafana")]
    [InlineData("This puts the database, the keys of all fleets and the configuration of the backup in place.", "restore", "/dev/null")]
    public async Task Every_command_that_destroys_something_asks_at_a_terminal(string told, params string[] command)
    {
        await using var server = await StartAsync();

        (await server.RunAsync("tokens", "create", "--enroll", "grafana")).ExitCode.ShouldBe(0);

        var (code, shown) = await AnswerAsync(server, "n", command);

        (code, shown.Contains(told, StringComparison.Ordinal), shown.Contains("nothing was changed", StringComparison.Ordinal))
            .ShouldBe((1, true, true), shown);
    }

    [Fact]
    public async Task Dead_letters_and_hooks_that_are_there_are_deleted_only_after_a_yes()
    {
        using var programs = new ExecFolder();
        await using var host = await AdminHost.StartAsync(AdminHost.Program(programs, 78));
        await host.Stage.CommitAsync(host.Stage.World.Add());
        await Eventually.True(() => host.Stage.Worker("tell").DeadLetters == 1);

        (await AnswerAsync(host.FileOf("wg-fleet.yaml"), "n", "hooks", "deadletters", "drop", "tell", "--all")).ShouldSatisfyAllConditions(
            a => a.Code.ShouldBe(1), a => a.Shown.ShouldContain("This deletes all dead letters of hook tell: "));
        (await AnswerAsync(host.FileOf("wg-fleet.yaml"), "n", "hooks", "forget", "tell")).Shown.ShouldContain(
            "This deletes the place in the event log, the deliveries and the dead letters of hook tell.");
        host.Stage.Worker("tell").DeadLetters.ShouldBe(1);
    }

    [Fact]
    public async Task A_copy_of_the_database_says_what_goes_where_and_a_no_makes_no_file()
    {
        using var folder = new Folder();
        SqliteDatabase.Open(folder.File("clients.db"), new CollectedLog().CreateLogger("store")).Dispose();
        var config = CommandRun.Config(folder);

        var (code, shown) = await AnswerAsync(config, "n", "database", "copy", "--to", folder.File("other.db"));

        code.ShouldBe(1, shown);
        shown.ShouldContain(
            $"This copies database {folder.File("clients.db")}, with 0 clients and 0 events, to database {folder.File("other.db")}. The first is not changed.");
        shown.ShouldContain("nothing was changed");
        File.Exists(folder.File("other.db")).ShouldBeFalse();

        (await AnswerAsync(config, "y", "database", "copy", "--to", folder.File("other.db"))).Code.ShouldBe(0);
        File.Exists(folder.File("other.db")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("there is no token 'nosuch'", "tokens", "revoke", "nosuch")]
    [InlineData("there is no hook 'nosuch'", "hooks", "forget", "nosuch")]
    [InlineData("there is no hook 'nosuch'", "hooks", "deadletters", "drop", "nosuch", "--all")]
    [InlineData("there is no client 'nosuch'", "clients", "remove", "nosuch")]
    [InlineData("/nonexistent", "restore", "/nonexistent")]
    public async Task Nobody_is_asked_about_what_is_not_there(string told, params string[] command)
    {
        await using var server = await StartAsync();

        var (code, shown) = await AnswerAsync(server, "n", command);

        (code, shown.Contains(told, StringComparison.Ordinal), shown.Contains("Go on?", StringComparison.Ordinal)).ShouldBe((1, true, false), shown);
    }

    /// <summary>Runs a command at a terminal and types an answer as soon as it asks; returns the exit code and what the terminal shows.</summary>
    internal static async Task<(int Code, string Shown)> AnswerAsync(TestServer server, string? answer, params string[] arguments) =>
        await AnswerAsync(await server.WriteConfigAsync(), answer, arguments);

    private static async Task<(int Code, string Shown)> AnswerAsync(string config, string? answer, params string[] arguments)
    {
        string[] command = [Path.Combine(AppContext.BaseDirectory, "wg-fleet"), .. arguments, "--config", config];
        using var process = Process.Start(new ProcessStartInfo("script", ["-qec", string.Join(' ', command), "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var shown = new System.Text.StringBuilder();
        var buffer = new char[1024];
        for (int read; (read = await process.StandardOutput.ReadAsync(buffer, Ct)) > 0;)
        {
            shown.Append(buffer, 0, read);
            if (answer is not null && shown.ToString().Contains("Go on? [y/N] ", StringComparison.Ordinal))
            {
                await process.StandardInput.WriteAsync(answer + "\n");
                await process.StandardInput.FlushAsync(Ct);
                answer = null;
            }
        }

        await process.WaitForExitAsync(Ct);
        return (process.ExitCode, shown.ToString());
    }
}
