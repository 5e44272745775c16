using System.CommandLine;
using System.Text.Json;
using WgFleet.Cli;
using WgFleet.Cli.Arguments;
using WgFleet.Hooks.Projections;
using WgFleet.Tests.Hooks.Handlers;

namespace WgFleet.Tests.Cli;

/// <summary>What holds for every command below <c>wg-fleet hooks</c> and <c>wg-fleet events</c>, whichever there are.</summary>
public class EveryCommandTests
{
    // What each needs to be understood; a new command has to be entered here.
    private static readonly Dictionary<string, string> Arguments = new()
    {
        ["hooks list"] = "",
        ["hooks show"] = "nosuch",
        ["hooks check"] = "",
        ["hooks pause"] = "nosuch",
        ["hooks resume"] = "nosuch",
        ["hooks forget"] = "second",
        ["hooks wait"] = "--seq 1 --hook nosuch",
        ["hooks deadletters list"] = "nosuch",
        ["hooks deadletters show"] = "nosuch 1",
        ["hooks deadletters retry"] = "nosuch --all",
        ["hooks deadletters drop"] = "nosuch --all",
        ["hooks run"] = "nosuch",
        ["hooks diff"] = "nosuch",
        ["hooks replay"] = "nosuch --from 1",
        ["hooks test"] = "nosuch",
        ["hooks new"] = "a",
        ["events list"] = "",
        ["events tail"] = "",
    };

    [Fact]
    public void Every_command_has_the_option_json_and_is_run_by_these_tests() =>
        Commands().ShouldSatisfyAllConditions(
            all => all.Select(c => c.Name).ShouldBe(Arguments.Keys, ignoreOrder: true),
            all => all.Where(c => !c.Command.Options.Any(o => o.Name == "--json")).Select(c => c.Name).ShouldBeEmpty());

    [Fact]
    public void Every_command_has_help_that_says_what_it_does()
    {
        foreach (var (name, command) in Commands())
        {
            using var output = new StringWriter();

            CommandLine.Root().Parse([.. name.Split(' '), "--help"]).Invoke(new InvocationConfiguration { Output = output }).ShouldBe(0);

            output.ToString().ShouldContain(command.Description!.Split(' ')[0]);
            foreach (var option in command.Options)
                output.ToString().ShouldContain(option.Name, customMessage: name);
        }
    }

    [Fact]
    public async Task A_command_for_an_unknown_hook_prints_only_one_line_with_the_known_hooks()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HostsFile));
        foreach (var (name, arguments) in Arguments.Where(a => a.Value.Contains("nosuch", StringComparison.Ordinal)))
        {
            var said = await host.RunAsync($"{name} {arguments} --json".Split(' '));

            said.Code.ShouldBe(name == "hooks diff" ? 2 : 1, name);
            said.Output.ShouldBe("", name);
            said.Error.ShouldMatch("\\Awg-fleet: (there is no hook 'nosuch'; there are: hosts_file|hook 'nosuch' has no dead letter 1; .*)\n\\z", name);
        }
    }

    [Theory]
    [InlineData("hooks show")]
    [InlineData("hooks pause")]
    [InlineData("hooks wait")]
    [InlineData("hooks wait --seq x")]
    [InlineData("hooks wait --seq 1 --timeout 5")]
    [InlineData("hooks run")]
    [InlineData("hooks run a b")]
    [InlineData("hooks diff")]
    [InlineData("hooks test")]
    [InlineData("hooks test a --event client.lost")]
    [InlineData("hooks replay a")]
    [InlineData("hooks replay a --from yesterday")]
    [InlineData("hooks replay a --from -1")]
    [InlineData("hooks replay a --from 1 --to 2026-13-45")]
    [InlineData("hooks replay a --from soon-ago")]
    [InlineData("hooks deadletters")]
    [InlineData("hooks deadletters show a")]
    [InlineData("hooks deadletters show a x")]
    [InlineData("hooks deadletters retry a")]
    [InlineData("hooks deadletters drop a 1 --all")]
    [InlineData("hooks new")]
    [InlineData("hooks new A")]
    [InlineData("hooks new ../a")]
    [InlineData("hooks new a --kind daemon")]
    [InlineData("hooks new a --language perl")]
    [InlineData("hooks new a --language csharp")]
    [InlineData("hooks new a --kind handler")]
    [InlineData("hooks nosuch")]
    [InlineData("events")]
    [InlineData("events tail -n -1")]
    [InlineData("events tail -n 10001")]
    public void A_wrong_command_line_is_refused_in_one_line(string arguments)
    {
        // That it is exit code 2, with the usage on stderr, CommandLineTests show.
        WrongLine.Of(CommandLine.Parse(CommandLine.Root(), arguments.Split(' '))).ShouldNotBeNull().ShouldMatch("\\A[^\n]{10,}\\z");
    }

    [Fact]
    public async Task The_JSON_of_every_command_can_be_parsed()
    {
        await using var host = await AdminHost.StartAsync(null, typeof(HostsFile), typeof(HandlerTests.Second));
        await host.Stage.CommitAsync(host.Stage.World.Add("alpha", "a1"));
        (await host.RunAsync("hooks", "run", "hosts_file")).Code.ShouldBe(0);
        foreach (var arguments in new[]
        {
            "hooks list", "hooks show second", "hooks pause second", "hooks resume second", "hooks wait --seq 0", "hooks deadletters list", "hooks deadletters retry second --all",
            "hooks deadletters drop second --all", "hooks run hosts_file", "hooks diff hosts_file", "hooks replay second --from 1 --dry-run", "hooks test second", "events list", "events tail",
        })
        {
            var said = await host.RunAsync($"{arguments} --json".Split(' '));

            (said.Code, said.Error).ShouldBe((0, ""), arguments);
            said.Output.Count(c => c == '\n').ShouldBe(1, arguments);
            Should.NotThrow(() => JsonDocument.Parse(said.Output), arguments);
        }
    }

    private static List<(string Name, Command Command)> Commands()
    {
        var root = CommandLine.Root();
        return [.. Below("hooks", root), .. Below("events", root)];

        static IEnumerable<(string, Command)> Below(string name, Command parent)
        {
            var command = parent.Subcommands.Single(c => c.Name == name.Split(' ')[^1]);
            return command.Subcommands.Count == 0 ? [(name, command)] : command.Subcommands.SelectMany(c => Below($"{name} {c.Name}", command));
        }
    }
}
