using System.CommandLine;
using WgFleet.Cli.Arguments;
using WgFleet.Cli.Backups;
using WgFleet.Cli.Checking;
using WgFleet.Cli.ClientCommands;
using WgFleet.Cli.Databases;
using WgFleet.Cli.HookCommands;
using WgFleet.Cli.Output;
using WgFleet.Cli.Packaging;
using WgFleet.Cli.Rehearsals;
using WgFleet.Cli.Ssh;
using WgFleet.Config;
using WgFleet.Config.Reading;
using WgFleet.Hosting;

namespace WgFleet.Cli;

/// <summary>Runs a server until it is told to stop.</summary>
/// <param name="config">Its configuration.</param>
/// <param name="configFile">The file that a reload reads.</param>
/// <param name="logging">Where the log goes.</param>
/// <exception cref="StartupException">It cannot start.</exception>
/// <exception cref="FatalException">An internal error after which it cannot continue.</exception>
internal delegate Task RunServer(ServerConfig config, string configFile, Action<ILoggingBuilder> logging);

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

    private static readonly Option<LogLevel> LogLevelOption = LogLevelChoice();

    /// <summary>Runs one command; returns the exit code.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="run">Runs a server.</param>
    /// <param name="hangUp">What SIGHUP did before the program began, for commands other than the server; null if that was not changed.</param>
    public static int Run(string[] args, RunServer run, nint? hangUp = null)
    {
        var result = Parse(Root(run), args);
        if (hangUp is { } before && result.CommandResult.Command is not RootCommand && result.CommandResult.Command.Name != Serve)
            HangUp.Restore(before);

        if (WrongLine.Of(result) is { } wrong)
        {
            Console.Error.WriteLine($"wg-fleet: {wrong}");
            Console.Error.WriteLine(Usage(result.CommandResult.Command));
            return ExitCode.Usage;
        }

        var isServer = result.CommandResult.Command is RootCommand or { Name: Serve };
        return OutputFault.Guard(isServer, () => result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }));
    }

    /// <summary>Reads a command line. A word with an @ is not the name of a file with more words, as the library has it.</summary>
    public static ParseResult Parse(RootCommand root, IReadOnlyList<string> args) => root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });

    /// <summary>All commands.</summary>
    /// <param name="run">Runs a server; null where the commands are only read.</param>
    public static RootCommand Root(RunServer? run = null)
    {
        var serve = new Command(Serve, "Runs the server (also what plain 'wg-fleet' does)") { LogLevelOption };
        serve.SetAction((parse, _) => ServeCommand.RunAsync(run!, parse.GetValue(ConfigOption)!, parse.GetValue(LogLevelOption)));

        var hooks = HooksCommand.Create(ConfigOption);

        var version = new Command("version", "Prints the version");
        version.SetAction(_ => Console.Out.WriteLine($"wg-fleet {ProductInfo.Version}"));

        var words = new Argument<string[]>("COMMAND") { Description = "The command", Arity = ArgumentArity.ZeroOrMore };
        var help = new Command("help", "Shows what a command does, as --help behind it") { words };
        help.SetAction(parse => Parse(Root(), [.. parse.GetValue(words)!, "--help"]).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false }));

        var root = new RootCommand(
            "The fleet server for machines that are copies: they register over HTTP, get a WireGuard tunnel, an address and a name, "
            + "and are removed when they are silent for too long.")
        {
            ConfigOption, LogLevelOption, serve, CheckCommand.Create(ConfigOption), StatusCommand.Create(ConfigOption), TopCommand.Create(ConfigOption), RollCallCommand.Create(ConfigOption), RosterCommands.Create(ConfigOption), ApprovalsCommand.Create(ConfigOption), hooks, FleetsCommand.Create(ConfigOption),
            ClientsCommand.Create(ConfigOption),
            EventsCommand.Create(ConfigOption), TokensCommand.Create(ConfigOption), PruneCommand.Create(ConfigOption), ReloadCommand.Create(ConfigOption), HealthCommand.Create(ConfigOption),
            SshCommand.Create(ConfigOption), RunCommand.Create(ConfigOption), version, help,
        };
        foreach (var command in BackupCommands.Create(ConfigOption).Append(DatabaseCommand.Create(ConfigOption)).Concat(PackageCommands.Create(ConfigOption, () => Root()))
            .Concat(RehearseCommand.Create(ConfigOption, (file, change) => ServeCommand.RunAsync(run!, file, LogLevel.Information, change))))
            root.Subcommands.Add(command);

        root.SetAction((parse, _) => ServeCommand.RunAsync(run!, parse.GetValue(ConfigOption)!, parse.GetValue(LogLevelOption)));
        return root;
    }

    private static string Usage(Command command)
    {
        var path = Path(command);
        var more = path.Length == 0 ? "lists all commands" : "says more";
        var arguments = command.Action is null ? "COMMAND " : string.Concat(command.Arguments.Select(a => ManualPage.Synopsis(a) + " "));
        var required = string.Concat(command.Options.Where(o => o.Required).Select(o => $"{o.Name} {o.HelpName} "));
        return $"usage: wg-fleet {path}{arguments}{required}[options]; 'wg-fleet {path}--help' {more}";
    }

    private static Option<LogLevel> LogLevelChoice()
    {
        var option = Value.Option<LogLevel>("--log-level", "Minimum log level: Debug, Information, Warning or Error", "LEVEL", ReadLevel);
        option.DefaultValueFactory = _ => LogLevel.Information;
        return option;
    }

    private static string? ReadLevel(string text, out LogLevel level) =>
        Enum.TryParse(text, ignoreCase: true, out level) && Enum.IsDefined(level) && !char.IsAsciiDigit(text[0])
            ? null : "is not a level; use Debug, Information, Warning or Error";

    private static string Path(Command command) =>
        command is RootCommand ? "" : $"{Path(command.Parents.OfType<Command>().First())}{command.Name} ";
}
