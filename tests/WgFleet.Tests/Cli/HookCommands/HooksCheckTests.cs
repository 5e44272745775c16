using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using WgFleet.Config;
using WgFleet.Hooks;

namespace WgFleet.Tests.Cli.HookCommands;

/// <summary><c>wg-fleet hooks check</c> and <c>wg-fleet check</c>, which find the same.</summary>
public sealed class HooksCheckTests : IDisposable
{
    private const int FirstLine = 18;

    private readonly Folder _folder = new();
    private readonly ExecFolder _programs = new();

    public HooksCheckTests()
    {
        foreach (var name in new[] { "hooks.d", "vendor" })
        {
            Directory.CreateDirectory(_programs.File(name));
            ExecFolder.Chmod("0755", _programs.File(name));
        }
    }

    public void Dispose()
    {
        _folder.Dispose();
        _programs.Dispose();
    }

    [Fact]
    public async Task Check_of_valid_hooks_prints_their_number()
    {
        var path = Config($"{{name: tell, exec: {{command: {_programs.Script("exit 1")}, user: {ExecFolder.User}}}}}");

        (await CommandRun.RunAsync("hooks", "check", "--config", path)).ShouldBe(new CommandRun(0, $"{path}: 3 hooks, nothing wrong\n", ""));
        (await CommandRun.RunAsync("check", "--config", path)).ShouldBe(new CommandRun(0, $"{path}: 1 fleet, nothing wrong\n", ""));
        (await CommandRun.RunAsync("hooks", "check", "--json", "--config", path)).ShouldBe(new CommandRun(0, "{\"ok\":true,\"errors\":[],\"warnings\":[]}\n", ""));
        _folder.Names().ShouldBe(["wg-fleet.yaml"]);
    }

    [Fact]
    public async Task Every_problem_of_an_entry_is_reported_with_line_and_key()
    {
        var plain = _programs.Write("plain", "#!/bin/sh\n", "0644");
        var open = _programs.Write("open", "whsec_" + Convert.ToBase64String(new byte[24]), "0640");
        var text = _programs.Write("text", "secret!", "0600");
        var broken = _programs.Write("broken.hbs", "{{#each clients}}\n{{name}}\n{{/each}}\n", "0644");
        var path = Config(
            $"{{name: program, exec: {{command: {plain}, user: nosuchuser}}}}",
            $"{{name: secrets, webhook: {{url: 'http://localhost:1/', secrets: [{open}, {text}, /nonexistent/key]}}}}",
            "{name: cloud, webhook: {url: 'http://169.254.169.254/latest'}}",
            $"{{name: render, template: {{file: {broken}, path: {_folder.File("out")}}}}}",
            $"{{name: absent, template: {{file: /nonexistent.hbs, path: {_folder.File("other")}}}}}",
            "nosuch",
            "{name: off, enabled: false, exec: {command: /nonexistent}}");

        var said = await CommandRun.RunAsync("hooks", "check", "--config", path);

        (said.ExitCode, said.Out).ShouldBe((78, ""));
        said.Error.TrimEnd('\n').Split('\n').ShouldBe(
        [
            $"{path}:{FirstLine}: hooks.list[0].exec.command: {plain} is not executable; chmod +x {plain}",
            $"{path}:{FirstLine}: hooks.list[0].exec.user: there is no user 'nosuchuser'; create it, or set exec.user",
            $"{path}:{FirstLine + 1}: hooks.list[1].webhook.secrets[0]: secret file {open} is open to others (mode 0640): chmod 600 {open}",
            $"{path}:{FirstLine + 1}: hooks.list[1].webhook.secrets[1]: secret file {text} holds no base64: write a secret to it, as whsec_ and the base64 of 24 to 64 random bytes",
            $"{path}:{FirstLine + 1}: hooks.list[1].webhook.secrets[2]: there is no secret file /nonexistent/key",
            $"{path}:{FirstLine + 2}: hooks.list[2].webhook.url: 169.254.169.254 is link-local, as are the metadata services of clouds (169.254.0.0/16), so nothing would connect to it",
            $"{path}:{FirstLine + 3}: hooks.list[3].template.file: template {broken}, line 2: there is no 'name' here",
            $"{path}:{FirstLine + 4}: hooks.list[4].template.file: template /nonexistent.hbs cannot be read: Could not find file '/nonexistent.hbs'.",
            $"{path}:{FirstLine + 5}: hooks.list[5]: there is no hook 'nosuch'; there are: program, secrets, cloud, render, absent, off, hosts_file, prometheus_sd",
        ], ignoreOrder: false);
        said.Error.ShouldNotContain("secret!");
        (await CommandRun.RunAsync("check", "--config", path)).ShouldBe(said);
    }

    [Fact]
    public async Task The_reported_line_is_that_of_the_key_in_an_entry_of_many_lines()
    {
        var path = Config($"\n      name: secrets\n      webhook:\n        url: http://localhost:1/\n        secrets:\n          - {_programs.Write("key", Convert.ToBase64String(new byte[24]), "0600")}\n          - /nonexistent/key\n      fleets: beta*");

        var said = await CommandRun.RunAsync("hooks", "check", "--json", "--config", path);

        said.ShouldSatisfyAllConditions(s => s.ExitCode.ShouldBe(78), s => s.Error.ShouldBe(""));
        var answer = JsonDocument.Parse(said.Out).RootElement;
        answer.GetProperty("ok").GetBoolean().ShouldBeFalse();
        var error = answer.GetProperty("errors").EnumerateArray().ShouldHaveSingleItem();
        (error.GetProperty("file").GetString(), error.GetProperty("line").GetInt32(), error.GetProperty("key").GetString())
            .ShouldBe((path, FirstLine + 6, "hooks.list[0].webhook.secrets[1]"));
        error.GetProperty("text").GetString().ShouldBe("there is no secret file /nonexistent/key");
        answer.GetProperty("warnings").EnumerateArray().ShouldHaveSingleItem().GetProperty("line").GetInt32().ShouldBe(FirstLine + 7);
    }

    [Fact]
    public async Task A_valid_setting_that_is_probably_a_mistake_is_a_warning()
    {
        var open = _programs.Write("hooks.d/10-open", "#!/bin/sh\n", "0777");
        var misnamed = _programs.Write("hooks.d/README", "read me\n", "0644");
        var path = Config(
            "{name: hosts_file, fleets: 'beta*'}",
            "{name: list, template: {file: csv, path: /nonexistent/list.csv}}");

        var said = await CommandRun.RunAsync("hooks", "check", "--config", path);

        said.ShouldBe(new CommandRun(0, $"{path}: 3 hooks, 4 warnings\n", $"""
            warning: {path}:{FirstLine}: hooks.list[0].fleets: 'beta*' matches no fleet; there are: alpha
            warning: {path}:{FirstLine + 1}: hooks.list[1].template.path: there is no directory /nonexistent, and the server does not create it
            warning: {misnamed}: the drop-in does not run: its name is not NN-name, two digits and a-z, 0-9, _ and -; rename it
            warning: {open}: the drop-in does not run: {open} can be written by others than its owner (mode 0777); chmod go-w {open}

            """));
        (await CommandRun.RunAsync("check", "--config", path)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_masked_or_replaced_program_is_no_problem()
    {
        _programs.Write("vendor/10-cmdb", "#!/bin/sh\n");
        _programs.Write("vendor/20-mail", "#!/bin/sh\n");
        _programs.Write("hooks.d/20-mail", "#!/bin/sh\n");
        File.CreateSymbolicLink(_programs.File("hooks.d/10-cmdb"), "/dev/null");

        // Of the one that is left, who is not root is told that it would have to be.
        (await CommandRun.RunAsync("hooks", "check", "--config", Config())).ShouldSatisfyAllConditions(
            s => s.ExitCode.ShouldBe(0), s => s.Error.ShouldNotContain("10-cmdb"), s => s.Error.ShouldNotContain("vendor"));
        await using var stage = new Stage(new HooksConfig { Folders = [_programs.File("hooks.d"), _programs.File("vendor")] });
        stage.Hooks.Problems.ShouldBeEmpty();
        stage.Hooks.Definitions.Where(l => l.Inactive is null || l.Inactive.Contains("is not root")).Select(l => l.Source).ShouldBe([_programs.File("hooks.d/20-mail")]);
    }

    [Fact]
    public async Task Two_hooks_with_one_name_are_an_error_with_the_line_of_the_entry()
    {
        var program = _programs.Script("exit 0");
        var dropIn = _programs.Write("hooks.d/10-tell", "#!/bin/sh\n");
        var path = Config($"{{name: tell, exec: {{command: {program}, user: {ExecFolder.User}}}}}");

        var said = await CommandRun.RunAsync("hooks", "check", "--config", path);

        said.ExitCode.ShouldBe(78);
        said.Error.ShouldBe($"{path}:{FirstLine}: hooks.list[0].name: hook name 'tell' is used by {program} and {dropIn}; rename one\n");
    }

    [Fact]
    public async Task Check_runs_no_code_of_a_hook()
    {
        var trace = _programs.File("trace");
        var program = _programs.Script($"touch {trace}");
        _programs.Write("hooks.d/10-touch", $"#!/bin/sh\ntouch {trace}\n");
        var path = Config($"{{name: tell, exec: {{command: {program}, user: {ExecFolder.User}}}}}");

        (await CommandRun.RunAsync("hooks", "check", "--config", path)).ExitCode.ShouldBe(0);
        (await CommandRun.RunAsync("check", "--config", path)).ExitCode.ShouldBe(0);
        (await CommandRun.RunAsync("hooks", "list", "--config", path)).Out.ShouldContain("tell ");
        File.Exists(trace).ShouldBeFalse();
    }

    /// <summary>A configuration whose list begins on <see cref="FirstLine"/>.</summary>
    private string Config(params string[] list) => CommandRun.Config(_folder, text => text.TrimEnd('\n') + $"""

        hooks:
          exec_dirs: [{_programs.File("hooks.d")}, {_programs.File("vendor")}]
          list:
        {string.Concat(list.Select(l => $"    - {l}\n"))}
        """);
}
