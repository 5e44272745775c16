using System.Diagnostics;

namespace WgFleet.Tests.Cli;

public class CommandLineTests
{
    private const string UsageOfRoot = "usage: wg-fleet [options]; 'wg-fleet --help' lists all commands\n";

    [Theory]
    [InlineData("--nonsense", "wg-fleet: unknown command, option or argument '--nonsense'\n" + UsageOfRoot)]
    [InlineData("nonsense", "wg-fleet: unknown command, option or argument 'nonsense'\n" + UsageOfRoot)]
    [InlineData("--config", "wg-fleet: --config needs a value\n" + UsageOfRoot)]
    [InlineData("check --nonsense", "wg-fleet: unknown command, option or argument '--nonsense'\nusage: wg-fleet check [options]; 'wg-fleet check --help' says more\n")]
    [InlineData("events", "wg-fleet: a command is missing; use list, tail\nusage: wg-fleet events COMMAND [options]; 'wg-fleet events --help' says more\n")]
    [InlineData("hooks pause", "wg-fleet: NAME is missing\nusage: wg-fleet hooks pause NAME [options]; 'wg-fleet hooks pause --help' says more\n")]
    [InlineData("hooks wait", "wg-fleet: --seq is missing\nusage: wg-fleet hooks wait --seq N [options]; 'wg-fleet hooks wait --help' says more\n")]
    [InlineData("hooks nonsense", "wg-fleet: unknown command, option or argument 'nonsense'\nusage: wg-fleet hooks COMMAND [options]; 'wg-fleet hooks --help' says more\n")]
    [InlineData("hooks list more", "wg-fleet: unknown command, option or argument 'more'\nusage: wg-fleet hooks list [options]; 'wg-fleet hooks list --help' says more\n")]
    [InlineData("statsu", "wg-fleet: unknown command, option or argument 'statsu', did you mean 'status'?\n" + UsageOfRoot)]
    [InlineData("hooks lisst", "wg-fleet: unknown command, option or argument 'lisst', did you mean 'list'?\nusage: wg-fleet hooks COMMAND [options]; 'wg-fleet hooks --help' says more\n")]
    [InlineData("status --jsn", "wg-fleet: unknown command, option or argument '--jsn', did you mean '--json'?\nusage: wg-fleet status [options]; 'wg-fleet status --help' says more\n")]
    [InlineData("status --confg", "wg-fleet: unknown command, option or argument '--confg', did you mean '--config'?\nusage: wg-fleet status [options]; 'wg-fleet status --help' says more\n")]
    public async Task A_wrong_command_line_ends_with_exit_code_2_and_the_usage_on_stderr(string arguments, string error) =>
        (await CommandRun.RunAsync(arguments.Split(' '))).ShouldBe(new CommandRun(2, "", error));

    [Fact]
    public async Task An_unknown_log_level_is_named_in_the_error()
    {
        var said = await CommandRun.RunAsync("--log-level", "Loud");

        (said.ExitCode, said.Out).ShouldBe((2, ""));
        said.Error.ShouldBe("wg-fleet: --log-level 'Loud' is not a level; use Debug, Information, Warning or Error\n" + UsageOfRoot);
    }

    [Theory]
    [InlineData("", "--config", "--log-level", "serve", "check", "hooks", "version")]
    [InlineData("serve", "--config", "--log-level")]
    [InlineData("check", "--config")]
    [InlineData("hooks", "--config", "list", "show", "check", "pause", "resume", "wait", "deadletters", "run", "diff", "replay", "test", "new")]
    [InlineData("events", "tail")]
    [InlineData("hooks list", "--config", "--json", "--why")]
    [InlineData("hooks check", "--config", "--json")]
    [InlineData("hooks deadletters", "list", "show", "retry", "drop")]
    [InlineData("version")]
    public async Task Help_lists_every_option_and_command(string command, params string[] words)
    {
        foreach (var flag in new[] { "--help", "-h" })
        {
            var said = await CommandRun.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), flag]);

            (said.ExitCode, said.Error).ShouldBe((0, ""));
            foreach (var word in words)
                said.Out.ShouldContain(word);
        }
    }

    [Theory]
    [InlineData("help hooks list", "hooks list --help")]
    [InlineData("help", "--help")]
    public async Task Help_is_a_command_too(string command, string option) =>
        (await CommandRun.RunAsync(command.Split(' '))).ShouldBe(await CommandRun.RunAsync(option.Split(' ')));

    [Theory]
    [InlineData("version")]
    [InlineData("help")]
    [InlineData("completion")]
    public async Task Output_that_cannot_be_written_ends_with_exit_code_1_and_one_line(string command)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/full", Path.Combine(AppContext.BaseDirectory, "wg-fleet"), command])
        {
            RedirectStandardError = true,
        })!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        process.ExitCode.ShouldBe(1);
        error.ShouldMatch("\\Awg-fleet: the output cannot be written: No space left on device.*\n\\z");
    }

    [Theory]
    [InlineData("status")]
    [InlineData("fleets")]
    [InlineData("clients list")]
    public async Task A_named_configuration_that_cannot_be_read_is_an_error_of_commands_for_the_server_too(string command) =>
        (await CommandRun.RunAsync([.. command.Split(' '), "--config", "/nonexistent/wg-fleet.yaml"]))
            .ShouldBe(new CommandRun(78, "", "/nonexistent/wg-fleet.yaml: there is no such file, create it or name another with --config FILE\n"));

    [Fact]
    public async Task Version_is_one_line() => (await CommandRun.RunAsync("version")).ShouldBe(new CommandRun(0, "wg-fleet 0.1.0\n", ""));

    [Fact]
    public async Task Check_of_a_valid_file_ends_with_exit_code_0()
    {
        using var folder = new Folder();
        var path = CommandRun.Config(folder);

        (await CommandRun.RunAsync("check", "--config", path)).ShouldBe(new CommandRun(0, $"{path}: 1 fleet, nothing wrong\n", ""));
        (await CommandRun.RunAsync("--config", path, "check")).ExitCode.ShouldBe(0);
        folder.Names().ShouldBe(["wg-fleet.yaml"]);
    }

    [Fact]
    public async Task Check_prints_every_problem_at_once()
    {
        using var folder = new Folder();
        var path = CommandRun.Config(folder, text => text.Replace("30m", "soon").Replace("port: 51820", "port: 0"));

        var said = await CommandRun.RunAsync("check", "--config", path);

        (said.ExitCode, said.Out).ShouldBe((78, ""));
        var lines = said.Error.TrimEnd('\n').Split('\n');
        lines.Length.ShouldBe(2);
        lines[0].ShouldStartWith($"{path}:2: prune_timeout: ");
        lines[1].ShouldStartWith($"{path}:13: fleets.alpha.port: ");
    }

    [Theory]
    [InlineData("check")]
    [InlineData("serve")]
    [InlineData("hooks list")]
    [InlineData("")]
    public async Task A_missing_configuration_ends_with_exit_code_78_and_one_line(string command)
    {
        var said = await CommandRun.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--config", "/nonexistent/wg-fleet.yaml"]);

        said.ShouldBe(new CommandRun(78, "", "/nonexistent/wg-fleet.yaml: there is no such file, create it or name another with --config FILE\n"));
    }

    [Fact]
    public async Task Check_reports_an_entry_for_an_unknown_hook()
    {
        using var folder = new Folder();
        var path = CommandRun.Config(folder, text => text + "hooks:\n  list:\n    - name: nosuch\n");

        var said = await CommandRun.RunAsync("check", "--config", path);

        (said.ExitCode, said.Out).ShouldBe((78, ""));
        said.Error.ShouldStartWith($"{path}:17: hooks.list[0].name: there is no hook 'nosuch'; there are: ");
        said.Error.Count(c => c == '\n').ShouldBe(1);
    }

    [Fact]
    public async Task Hooks_list_shows_the_order_of_hooks_and_why_a_hook_does_not_run()
    {
        using var folder = new Folder();
        var path = CommandRun.Config(folder, text => text + "hooks:\n  list:\n    - name: prometheus_sd\n    - name: hosts_file\n      enabled: false\n");

        var said = await CommandRun.RunAsync("hooks", "list", "--config", path);

        said.ExitCode.ShouldBe(0);
        said.Error.ShouldStartWith($"wg-fleet: no server answers at {folder.File("admin.sock")}; ");
        said.Error.ShouldEndWith("; these are the configured hooks:\n");
        var lines = said.Out.TrimEnd('\n').Split('\n');
        lines[0].ShouldBe("ORDER  NAME           KIND        TIMEOUT  EVENTS");
        lines[1].ShouldStartWith("1      prometheus_sd  projection  10s      startup, ");
        lines.ShouldContain(l => l.StartsWith("-      hosts_file     projection ") && l.Contains("inactive: "));
        folder.Names().ShouldBe(["wg-fleet.yaml"]);
    }

    [Fact]
    public async Task A_server_that_cannot_start_ends_with_exit_code_1_and_one_line()
    {
        using var folder = new Folder();
        var path = CommandRun.Config(folder, text => text.Replace("clients.db", "no/clients.db"));

        (await CommandRun.RunAsync("check", "--config", path)).ShouldBe(new CommandRun(78, "",
            $"database directory {folder.File("no")} does not exist: create it, or set 'database' in the config\n"));
        (await CommandRun.RunAsync("--config", path)).ShouldBe(new CommandRun(1, "",
            $"wg-fleet: database directory {folder.File("no")} does not exist: create it, or set 'database' in the config\n"));
    }
}
