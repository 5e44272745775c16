using System.Diagnostics;
using WgFleet.Cli;
using WgFleet.Cli.Packaging;

namespace WgFleet.Tests.Cli.Packaging;

/// <summary>The manual page and the completion that the package ships.</summary>
public sealed class ManualPageTests
{
    [Fact]
    public void The_manual_page_has_every_command_and_option_that_is_not_hidden()
    {
        var page = ManualPage.Of(CommandLine.Root());

        foreach (var (path, command) in Visible(CommandLine.Root(), ""))
        {
            page.ShouldContain($".SS \"{path.Trim().Replace("-", "\\-", StringComparison.Ordinal)}");
            foreach (var option in command.Options.Where(o => !o.Hidden))
                page.ShouldContain($"\\fB{option.Name.Replace("-", "\\-", StringComparison.Ordinal)}\\fR");
        }

        page.ShouldNotContain("\"manual\"");
    }

    [Fact]
    public void Man_prints_the_manual_page_without_warnings()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, ManualPage.Of(CommandLine.Root()));

            var (page, words) = Run("man", "--warnings", "-E", "UTF-8", "-l", file);

            words.ShouldBe("");
            page.ShouldContain("hooks deadletters list");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("fle", "fleets")]
    [InlineData("hooks sho", "show")]
    [InlineData("fleets --config x fr", "freeze")]
    [InlineData("--log-level De", "Debug")]
    [InlineData("clients list --rem", "--removed")]
    [InlineData("man", "")]
    public void Bash_completes_commands_and_options(string line, string expected)
    {
        var words = line.Split(' ');
        var script = $"""
            {CompletionScript.Of(CommandLine.Root())}
            COMP_WORDS=(wg-fleet {line}) COMP_CWORD={words.Length}
            _wg_fleet
            echo -n "$COMPREPLY"
            """;

        Run("bash", "-euo", "pipefail", "-c", script.Replace("$COMPREPLY", "${COMPREPLY[*]}", StringComparison.Ordinal)).ShouldBe((expected, ""));
    }

    private static IEnumerable<(string Path, System.CommandLine.Command Command)> Visible(System.CommandLine.Command command, string path) =>
        command.Subcommands.Where(c => !c.Hidden).SelectMany(c => Visible(c, $"{path} {c.Name}").Prepend(($"{path} {c.Name}", c)));

    private static (string Output, string Error) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, error.Result);
    }
}
