using System.CommandLine;
using WgFleet.Config.Reading;
using WgFleet.Hosting;

namespace WgFleet.Cli;

/// <summary>The command line: which commands there are, and the options they share.</summary>
internal static class CommandLine
{
    private const string Serve = "serve";

    private static readonly Option<string> ConfigOption = new("--config")
    {
        Description = "The configuration file",
        HelpName = "FILE",
        DefaultValueFactory = _ => ConfigFile.DefaultPath,
        Recursive = true,
    };

    private static readonly Option<LogLevel> LogLevelOption = new("--log-level")
    {
        Description = "The least that is logged: Debug, Information, Warning or Error",
        HelpName = "LEVEL",
        DefaultValueFactory = _ => LogLevel.Information,
    };

    /// <summary>Runs one command; returns the exit code.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="hangUp">What SIGHUP did before the program began, for commands other than the server; null if that was not changed.</param>
    public static int Run(string[] args, nint? hangUp = null)
    {
        var result = Root().Parse(args);
        if (hangUp is { } before && result.CommandResult.Command is not RootCommand && result.CommandResult.Command.Name != Serve)
            HangUp.Restore(before);

        if (result.Errors.Count > 0)
        {
            foreach (var error in result.Errors)
                Console.Error.WriteLine($"wg-fleet: {error.Message}");

            Console.Error.WriteLine($"usage: wg-fleet {Path(result.CommandResult.Command)}[options]; 'wg-fleet --help' tells more");
            return ExitCode.Usage;
        }

        return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    /// <summary>All commands.</summary>
    public static RootCommand Root()
    {
        var serve = new Command(Serve, "Runs the server (also what plain 'wg-fleet' does)") { LogLevelOption };
        serve.SetAction((parse, _) => ServeCommand.RunAsync(parse.GetValue(ConfigOption)!, parse.GetValue(LogLevelOption)));

        var hooks = HooksCommand.Create(ConfigOption);

        var version = new Command("version", "Prints the version");
        version.SetAction(_ => Console.Out.WriteLine($"wg-fleet {ProductInfo.Version}"));

        var root = new RootCommand("The fleet server for machines that are copies: they register over HTTP, get a WireGuard tunnel, an address and a name, and vanish when they go quiet.")
        {
            ConfigOption, LogLevelOption, serve, CheckCommand.Create(ConfigOption), hooks, FleetsCommand.Create(ConfigOption), ClientsCommand.Create(ConfigOption),
            EventsCommand.Create(ConfigOption), TokensCommand.Create(ConfigOption), PruneCommand.Create(ConfigOption), ReloadCommand.Create(ConfigOption), version,
        };
        foreach (var command in PackageCommands.Create(ConfigOption, Root))
            root.Subcommands.Add(command);

        root.SetAction((parse, _) => ServeCommand.RunAsync(parse.GetValue(ConfigOption)!, parse.GetValue(LogLevelOption)));
        return root;
    }

    private static string Path(Command command) =>
        command is RootCommand ? "" : $"{Path(command.Parents.OfType<Command>().First())}{command.Name} ";
}
