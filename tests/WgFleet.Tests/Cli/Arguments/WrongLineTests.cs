using System.CommandLine;
using WgFleet.Cli;
using WgFleet.Cli.Arguments;

namespace WgFleet.Tests.Cli.Arguments;

/// <summary>What holds for every option and argument of every command, whichever there are.</summary>
public class WrongLineTests
{
    private static readonly string[] Bad =
        ["", " ", "x", "-1", "0", "1.5", "99999999999999999999999", "a\nb", "\t", "@x", "[x]", "--", "=", "é", new string('9', 500), "2026-13-45", "http://[", "-", "%"];

    private static readonly RootCommand Root = CommandLine.Root();

    public static IEnumerable<TheoryDataRow<string>> Commands() => All(Root, []).Select(c => new TheoryDataRow<string>(string.Join(' ', c.Words)));

    [Theory]
    [MemberData(nameof(Commands))]
    public void No_value_makes_a_command_fail_with_more_than_one_line(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var (line, _, _) in Lines(words))
        {
            var wrong = Should.NotThrow(() => WrongLine.Of(CommandLine.Parse(Root, line)), string.Join('|', line));

            (wrong is null || (wrong.Length > 10 && !wrong.Any(char.IsControl))).ShouldBeTrue($"{string.Join('|', line)}: {wrong}");
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_value_that_cannot_be_read_is_named_with_its_option(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var (line, symbol, value) in Lines(words).Where(l => IsChecked(l.Symbol) && l.Value == "x"))
            WrongLine.Of(CommandLine.Parse(Root, line))!.ShouldStartWith($"{symbol.Name} '{value}' ");
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void An_option_without_its_value_is_named(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var (line, symbol, _) in Lines(words).Where(l => l.Line[^1] == l.Symbol.Name && TakesValue((Option)l.Symbol) && words is not ["help"]))
            WrongLine.Of(CommandLine.Parse(Root, line)).ShouldBe($"{symbol.Name} needs a value");
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void An_empty_value_is_refused_unless_it_is_a_text(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var (line, symbol, _) in Lines(words).Where(l => l.Value == "" && l.Symbol is not Option { HelpName: "TEXT" } && words is not ["help"]))
            WrongLine.Of(CommandLine.Parse(Root, line))!.ShouldContain(symbol.Name);
    }

    [Theory]
    [InlineData("clients list --limit x", "--limit 'x' is not a number from 1 to 2147483647")]
    [InlineData("clients list --limit 1 --limit 2", "--limit can be given only once")]
    [InlineData("clients list --sort foo", "--sort 'foo' is none of registered, hostname, address, seen, handshake, traffic")]
    [InlineData("hooks new x --language", "--language needs a value")]
    [InlineData("events tail -n x", "-n 'x' is not a number from 0 to 10000")]
    [InlineData("hooks deadletters retry NAME x", "SEQ 'x' is not a number of at least 0")]
    [InlineData("completion tcsh", "SHELL 'tcsh' is none of bash, zsh, fish")]
    [InlineData("tokens create --admin x --scope foo", "--scope 'foo' is none of read, write")]
    [InlineData("tokens create --enroll x --tag room", "--tag 'room' is not KEY=VALUE")]
    [InlineData("tokens create --enroll x --expires soon --uses x", "--uses 'x' is not a number from 1 to 2147483647")]
    [InlineData("hooks deadletters list @x", "")]
    public async Task A_wrong_value_ends_with_exit_code_2_one_line_and_the_usage(string arguments, string wrong)
    {
        var said = await CommandRun.RunAsync(arguments.Split(' '));

        if (wrong == "")
            said.ExitCode.ShouldBe(1, "a word with @ is a word");
        else
            said.ShouldSatisfyAllConditions(
                s => (s.ExitCode, s.Out).ShouldBe((2, "")),
                s => s.Error.ShouldMatch("\\Awg-fleet: [^\n]*\nusage: [^\n]*\n\\z"),
                s => s.Error.ShouldStartWith($"wg-fleet: {wrong}\n"));
    }

    /// <summary>Every option and argument of a command with each bad value, beside values that it takes.</summary>
    private static IEnumerable<(string[] Line, Symbol Symbol, string? Value)> Lines(string[] words)
    {
        var root = Root;
        var command = words.Aggregate((Command)root, (at, word) => at.Subcommands.First(c => c.Name == word));
        var required = command.Options.Where(o => o.Required).ToList();
        var arguments = command.Arguments.Select(a => a.Name == "SHELL" ? "zsh" : "1").ToList();
        foreach (var option in command.Options.Concat(root.Options.Where(o => o.Recursive)).DistinctBy(o => o.Name))
        {
            string[] before = [.. words, .. arguments, .. required.Where(r => r != option).SelectMany(r => new[] { r.Name, "1" })];
            yield return ([.. before, option.Name], option, null);
            foreach (var value in TakesValue(option) ? Bad : [])
            {
                yield return ([.. before, option.Name, value], option, value);
                yield return ([.. before, option.Name, value, option.Name, value], option, null);
            }
        }

        foreach (var (index, argument) in command.Arguments.Index())
        {
            foreach (var value in Bad)
                yield return ([.. words, .. arguments[..index], value, .. arguments[(index + 1)..], .. required.SelectMany(r => new[] { r.Name, "1" })], argument, value);
        }
    }

    private static bool TakesValue(Option option) => option.ValueType != typeof(bool) && option.Arity.MaximumNumberOfValues > 0;

    private static bool IsChecked(Symbol symbol) => symbol switch
    {
        Option o => o.HelpName is not (null or "TEXT" or "FILE" or "DIR" or "NAME" or "FLEET" or "DATABASE"),
        Argument a => a.ValueType != typeof(string) && a.ValueType != typeof(string[]),
        _ => false,
    };

    private static IEnumerable<(string[] Words, Command Command)> All(Command command, string[] words) =>
        command.Subcommands.SelectMany(c => All(c, [.. words, c.Name])).Prepend((words, command)).Where(c => c.Item2.Action is not null);
}
