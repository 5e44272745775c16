using System.CommandLine;
using WgFleet.Cli.Arguments;
using WgFleet.Cli.Output;
using WgFleet.Config.Reading;
using WgFleet.Hosting;
using WgFleet.Store.Engine;

namespace WgFleet.Cli.Databases;

/// <summary><c>wg-fleet database copy</c>.</summary>
internal static class DatabaseCommand
{
    private static readonly Option<DatabaseChoice?> To = TargetOption();

    public static Command Create(Option<string> config)
    {
        var copy = new Command("copy", "Copies all that the database has into an empty one, to go from SQLite to PostgreSQL or back; the server must not run") { To, Confirmation.Yes };
        copy.SetAction((parse, _) => RunAsync(parse, parse.GetValue(config)!));
        return new Command("database", "The database itself") { copy };
    }

    private static Option<DatabaseChoice?> TargetOption()
    {
        var option = Value.Option<DatabaseChoice?>("--to", "Where the copy goes: the path of a file that does not exist, or postgresql:FILE, the secret file that names an empty database", "DATABASE", DatabaseChoice.Read);
        option.Required = true;
        return option;
    }

    private static async Task<int> RunAsync(ParseResult parse, string configFile)
    {
        var read = ConfigFile.Load(configFile);
        if (read.Config is not { } config)
        {
            foreach (var problem in read.Problems)
                await Console.Error.WriteLineAsync(Table.Plain(problem.ToString()));

            return ExitCode.Config;
        }

        try
        {
            using var copy = PreparedCopy.Of(config, parse.GetValue(To)!);
            if (!await Confirmation.GivenAsync(parse, () => Task.FromResult(copy.Description)))
                return ExitCode.Failure;

            // Not before: the question waits for an answer, and an interruption ends that.
            using var signals = new Signals(reloads: null);
            copy.Run(configFile, signals.Stopping);
            return ExitCode.Ok;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("wg-fleet: interrupted; nothing was copied");
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StoreException or StartupException)
        {
            await Console.Error.WriteLineAsync($"wg-fleet: {Table.Plain(e.Message)}");
            return ExitCode.Failure;
        }
    }
}
