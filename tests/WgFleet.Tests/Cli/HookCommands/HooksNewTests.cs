using System.Diagnostics;
using System.Text.Json;
using WgFleet.Config;
using WgFleet.Hooks;

namespace WgFleet.Tests.Cli.HookCommands;

/// <summary>Makes each hook that <c>wg-fleet hooks new</c> can make, does what it says next, and fires it.</summary>
public sealed class HooksNewTests : IDisposable
{
    private readonly ExecFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sh", "50-join-log.sh")]
    [InlineData("python", "50-join-log.py")]
    public async Task A_new_program_runs_unchanged_for_every_event(string language, string file)
    {
        var made = await NewAsync("join-log", "--kind", "exec", "--language", language);
        made.Files.ShouldBe([_folder.File(file)]);
        File.GetUnixFileMode(made.Files[0]).ShouldBe((UnixFileMode)0x1ED);
        made.Next.ShouldBe([$"install -D -m 755 {made.Files[0]} /etc/wg-fleet/hooks.d/{file}", "wg-fleet hooks check", "systemctl restart wg-fleet", "wg-fleet hooks test join-log"]);
        Shell(made.Next[0].Replace("/etc/wg-fleet", _folder.Path));

        // Listed, since a program of hooks.d runs as nobody, which takes root.
        var entry = new HookConfig { Name = "join-log", Kind = new ExecConfig { Command = _folder.File($"hooks.d/{file}"), User = ExecFolder.User } };
        await using var host = await AdminHost.StartAsync(new HooksConfig { Folders = [], List = [entry] });
        foreach (var (type, said) in new[]
        {
            (EventTypes.Startup, ""),
            (EventTypes.ClientAdded, "< fd00:1:: has joined alpha\n"),
            (EventTypes.ClientHostnameChanged, "< fd00:1:: of alpha is called crane now\n"),
            (EventTypes.ClientRemoved, "< fd00:1:: has left alpha: stale\n"),
        })
        {
            var test = await host.RunAsync("hooks", "test", "join-log", "--event", type, "--hostname", "crane");

            (test.Code, test.Error).ShouldBe((0, ""), test.Output);
            test.Output.ShouldMatch($"\n{System.Text.RegularExpressions.Regex.Escape(said)}delivered, exit 0, [0-9]+ ms\n\\z");
        }
    }

    [Theory]
    [InlineData("sh", "join-log.sh")]
    [InlineData("python", "join-log.py")]
    [InlineData("node", "join-log.js")]
    public async Task A_new_program_that_stays_running_runs_unchanged_for_every_event(string language, string file)
    {
        var made = await NewAsync("join-log", "--kind", "stream", "--language", language);
        made.Files.ShouldBe([_folder.File(file)]);
        made.Next.ShouldBe([$"install -D -m 755 {made.Files[0]} /etc/wg-fleet/stream/{file}", "wg-fleet hooks check", "systemctl restart wg-fleet", "wg-fleet hooks test join-log"]);
        var command = _folder.File($"stream/{file}");
        Shell(made.Next[0].Replace("/etc/wg-fleet", _folder.Path));
        var entry = Yaml.Valid(Yaml.Minimal + string.Join('\n', made.Entry).Replace("/etc/wg-fleet", _folder.Path) + "\n").Hooks.List.ShouldHaveSingleItem();
        entry.Kind.ShouldBe(new StreamConfig { Command = command });

        // As ourselves where we are not root.
        await using var host = await AdminHost.StartAsync(new HooksConfig { Folders = [], List = [entry with { Kind = new StreamConfig { Command = command, User = ExecFolder.User } }] });
        foreach (var (type, said) in new[]
        {
            (EventTypes.Startup, ""),
            (EventTypes.ClientAdded, "< fd00:1:: has joined alpha\n"),
            (EventTypes.ClientHostnameChanged, "< fd00:1:: of alpha is called crane now\n"),
            (EventTypes.ClientRemoved, "< fd00:1:: has left alpha: stale\n"),
        })
        {
            var test = await host.RunAsync("hooks", "test", "join-log", "--event", type, "--hostname", "crane");

            (test.Code, test.Error).ShouldBe((0, ""), test.Output);
            test.Output.ShouldMatch($"\n{System.Text.RegularExpressions.Regex.Escape(said)}delivered, ok, [0-9]+ ms\n\\z");
        }

        var shown = await host.RunAsync("hooks", "show", "join-log");
        shown.Output.ShouldMatch("(?m)^program +process [0-9]+ since .*, start 1$");
        shown.Output.ShouldMatch("(?m)^no answers +-$");
    }

    [Fact]
    public async Task A_new_class_is_compiled_to_a_program_that_stays_running_and_runs_for_every_event()
    {
        using var package = new HooksPackage();
        var made = await NewAsync("join-log", "--kind", "stream", "--language", "csharp");
        made.Files.ShouldBe([_folder.File("join-log/join-log.cs"), _folder.File("join-log/nuget.config")]);
        package.Use(made.Files[1], made.Files[0]);
        foreach (var step in made.Next.Take(2))
            Shell(step.Replace("/etc/wg-fleet", _folder.Path));

        var entry = new HookConfig { Name = "join-log", Kind = new StreamConfig { Command = _folder.File("stream/join-log"), User = ExecFolder.User } };
        await using var host = await AdminHost.StartAsync(new HooksConfig { Folders = [], List = [entry] });
        foreach (var (type, said) in new[]
        {
            (EventTypes.Startup, ""),
            (EventTypes.ClientAdded, "< fd00:1:: has joined alpha\n"),
            (EventTypes.ClientHostnameChanged, "< fd00:1:: of alpha is called crane now\n"),
            (EventTypes.ClientRemoved, "< fd00:1:: has left alpha: stale\n"),
        })
        {
            var test = await host.RunAsync("hooks", "test", "join-log", "--event", type, "--hostname", "crane");

            (test.Code, test.Error).ShouldBe((0, ""), test.Output);
            test.Output.ShouldMatch($"\n{System.Text.RegularExpressions.Regex.Escape(said)}delivered, ok, [0-9]+ ms\n\\z");
        }
    }

    [Fact]
    public async Task A_program_that_stays_running_and_writes_nonsense_is_told_so()
    {
        var file = _folder.Script("while read -r line; do id=${line#*\\\"id\\\":\\\"}; echo about to answer; echo \"{\\\"id\\\":\\\"${id%%\\\"*}\\\",\\\"ok\\\":true}\"; done");
        var entry = new HookConfig { Name = "talks", Kind = new StreamConfig { Command = file, User = ExecFolder.User } };
        await using var host = await AdminHost.StartAsync(new HooksConfig { Folders = [], List = [entry] });

        (await host.RunAsync("hooks", "test", "talks")).Code.ShouldBe(0);

        (await host.RunAsync("hooks", "show", "talks")).Output.ShouldMatch("(?m)^no answers +[0-9]+ lines of its standard output were passed over, the last one: it is not a JSON object: about to answer$");
    }

    [Fact]
    public async Task The_command_overwrites_no_file()
    {
        const string file = "50-a.sh";
        File.WriteAllText(_folder.File(file), "mine");

        var said = await CommandRun.RunAsync("hooks", "new", "a", "--directory", _folder.Path);

        said.ShouldBe(new CommandRun(1, "", $"wg-fleet: {_folder.File(file)} is there already; choose another name or --directory\n"));
        File.ReadAllText(_folder.File(file)).ShouldBe("mine");
        Directory.GetFileSystemEntries(_folder.Path).ShouldBe([_folder.File(file)]);
    }

    [Fact]
    public async Task The_command_prints_what_it_wrote_and_the_next_steps()
    {
        (await CommandRun.RunAsync("hooks", "new", "a", "--directory", _folder.Path)).ShouldBe(new CommandRun(0, $"""
            wrote {_folder.File("50-a.sh")}

            It works as it is. To try it:

                install -D -m 755 {_folder.File("50-a.sh")} /etc/wg-fleet/hooks.d/50-a.sh
                wg-fleet hooks check
                systemctl restart wg-fleet
                wg-fleet hooks test a

            """, ""));
        (await CommandRun.RunAsync("hooks", "new", "a", "--directory", "/nonexistent")).ShouldBe(
            new CommandRun(1, "", "wg-fleet: directory /nonexistent does not exist; create it, or omit --directory\n"));
    }

    private async Task<(IReadOnlyList<string> Files, IReadOnlyList<string> Next, IReadOnlyList<string> Entry)> NewAsync(params string[] arguments)
    {
        var said = await CommandRun.RunAsync(["hooks", "new", .. arguments, "--directory", _folder.Path, "--json"]);
        (said.ExitCode, said.Error).ShouldBe((0, ""));
        var answer = JsonDocument.Parse(said.Out).RootElement;
        return (Strings(answer, "files"), Strings(answer, "next"), Strings(answer, "entry"));
    }

    private static List<string> Strings(JsonElement answer, string name) => [.. answer.GetProperty(name).EnumerateArray().Select(e => e.GetString()!)];

    private static void Shell(string command)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"umask 022; {command} 2>&1"]) { RedirectStandardOutput = true })!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, said);
    }
}
