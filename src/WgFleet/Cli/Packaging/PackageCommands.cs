using System.CommandLine;
using WgFleet.Cli.Arguments;
using WgFleet.Cli.Output;
using WgFleet.Config.Reading;
using WgFleet.Tunnels;

namespace WgFleet.Cli.Packaging;

/// <summary>Commands for packages: the manual page, the completion, and the list of interfaces.</summary>
internal static class PackageCommands
{
    /// <summary>The commands; those that only a package's scripts call are hidden.</summary>
    /// <param name="config">The option that names the configuration file.</param>
    /// <param name="root">Makes the whole command tree.</param>
    public static IEnumerable<Command> Create(Option<string> config, Func<RootCommand> root)
    {
        var shell = Value.Argument("SHELL", "The shell: bash, zsh or fish", Value.Word(CompletionScript.Shells));
        shell.Arity = ArgumentArity.ZeroOrOne;
        shell.DefaultValueFactory = _ => CompletionScript.Shells[0];
        shell.CompletionSources.Add(CompletionScript.Shells);
        var completion = new Command("completion", "Prints the completion of this command for a shell; the Debian package has it installed") { shell };
        completion.SetAction(parse => Console.Out.Write(CompletionScript.Of(root(), parse.GetValue(shell)!)));
        yield return completion;

        var manual = new Command("manual", "Prints the manual page's source") { Hidden = true };
        manual.SetAction(_ => Console.Out.Write(ManualPage.Of(root())));
        yield return manual;

        var interfaces = new Command("interfaces", "Prints each fleet's interface and the file with its key") { Hidden = true };
        interfaces.SetAction(parse => Interfaces(parse.GetValue(config)!));
        yield return interfaces;
    }

    private static int Interfaces(string configPath)
    {
        if (ConfigFile.Load(configPath).Config is not { } config)
            return ExitCode.Config;

        foreach (var fleet in config.Fleets)
            Console.Out.WriteLine($"{fleet.Interface} {TunnelConf.PathOf(fleet.Tunnel, config.WireGuardDirectory)}");

        return ExitCode.Ok;
    }
}
