using System.Diagnostics;
using WgFleet.Cli;
using WgFleet.Cli.Packaging;

namespace WgFleet.Tests.Cli.Packaging;

/// <summary>The manual page that the package ships.</summary>
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
