using System.Diagnostics;
using WgFleet.Cli;
using WgFleet.Cli.Packaging;

namespace WgFleet.Tests.Cli.Packaging;

/// <summary>An operator types the beginning of a command and presses Tab, in the shells themselves.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    /// <summary>What is typed, and what completes its last word; empty if nothing does.</summary>
    public static TheoryData<string, string> Typed => new()
    {
        { "fle", "fleets" },
        { "hooks sho", "show" },
        { "fleets --config x fr", "freeze" },
        { "--log-level De", "Debug" },
        { "clients list --rem", "--removed" },
        { "completion zs", "zsh" },
        { "manu", "" },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Typed))]
    public void Bash_completes_commands_options_and_values(string line, string expected)
    {
        var script = Script("bash") + $"""
            COMP_WORDS=(wg-fleet {line}) COMP_CWORD={line.Split(' ').Length}
            _wg_fleet
            echo -n "$REPLIES"
            """.Replace("$REPLIES", "${COMPREPLY[*]}", StringComparison.Ordinal);

        Run("bash", "-euo", "pipefail", "-c", script).ShouldBe(expected);
    }

    [Theory]
    [MemberData(nameof(Typed))]
    public void Zsh_completes_commands_options_and_values(string line, string expected)
    {
        File.WriteAllText(Path.Combine(_folder, "wg-fleet.zsh"), Script("zsh"));
        Zsh("source $ZDOTDIR/wg-fleet.zsh", line).ShouldBe(Completed(line, expected));
    }

    [Fact]
    public void Zsh_finds_the_completion_in_the_directory_of_the_package()
    {
        File.WriteAllText(Path.Combine(_folder, "_wg-fleet"), Script("zsh"));
        Zsh("", "clients pi").ShouldBe("wg-fleet clients pin ");
    }

    [Theory]
    [MemberData(nameof(Typed))]
    public void Fish_completes_commands_options_and_values(string line, string expected)
    {
        var file = Path.Combine(_folder, "wg-fleet.fish");
        File.WriteAllText(file, Script("fish"));

        Run("fish", "--no-config", "-c", $"source {file}; complete -C 'wg-fleet {line}' | string split -f 1 \\t").TrimEnd().ShouldBe(expected);
    }

    [Fact]
    public void Fish_says_what_a_command_does()
    {
        var file = Path.Combine(_folder, "wg-fleet.fish");
        File.WriteAllText(file, Script("fish"));

        Run("fish", "--no-config", "-c", $"source {file}; complete -C 'wg-fleet versi'").ShouldBe("version\tPrints the version\n");
    }

    private static string Script(string shell) => CompletionScript.Of(CommandLine.Root(), shell);

    private static string Completed(string line, string expected) =>
        expected.Length == 0 ? $"wg-fleet {line}" : $"wg-fleet {line[..(line.LastIndexOf(' ') + 1)]}{expected} ";

    /// <summary>The line after Tab. zsh completes only on a terminal, which script(1) gives it; the shell presses Tab itself as soon as it edits its first line.</summary>
    private string Zsh(string load, string line)
    {
        File.WriteAllText(Path.Combine(_folder, ".zshrc"), $$"""
            fpath=($ZDOTDIR $fpath)
            autoload -Uz compinit
            compinit -u -D
            {{load}}
            zle-line-init() {
                BUFFER='wg-fleet {{line}}' CURSOR=1000
                zle complete-word
                print -rn -- "$BUFFER" >$ZDOTDIR/completed
                BUFFER=' exit'
                zle accept-line
            }
            zle -N zle-line-init

            """);
        Run("script", "-qec", "zsh -i", "/dev/null");
        return File.ReadAllText(Path.Combine(_folder, "completed"));
    }

    private string Run(string program, params string[] arguments)
    {
        // The input stays open, because its end would be typed into the terminal.
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ZDOTDIR"] = start.Environment["HOME"] = _folder;
        start.Environment["TERM"] = "xterm";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        error.Result.ShouldBe("");
        return output;
    }
}
