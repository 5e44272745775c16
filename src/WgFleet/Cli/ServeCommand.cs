using Microsoft.Extensions.Logging.Console;
using WgFleet.Cli.Checking;
using WgFleet.Cli.Output;
using WgFleet.Config;
using WgFleet.Hosting;
using WgFleet.Store.Engine;

namespace WgFleet.Cli;

/// <summary>Runs the server until it is told to stop.</summary>
internal static class ServeCommand
{
    /// <param name="run">Runs the server.</param>
    /// <param name="configPath">The configuration file.</param>
    /// <param name="level">What is logged.</param>
    /// <param name="change">Changes the configuration that was read; null to leave it as it is.</param>
    public static async Task<int> RunAsync(RunServer run, string configPath, LogLevel level, Func<ServerConfig, ServerConfig>? change = null)
    {
        if (!CheckCommand.TryLoad(configPath, out var config))
            return ExitCode.Config;

        try
        {
            await run(change?.Invoke(config) ?? config, configPath, logging => ToStdout(logging, level));
            return ExitCode.Ok;
        }
        catch (StartupException e)
        {
            Journal.WriteError(Journal.Error, $"wg-fleet: {e.Message}");
            return ExitCode.Failure;
        }
        catch (FatalException e)
        {
            Journal.WriteError(Journal.Error, $"wg-fleet: {e.Message}");
            return ExitCode.Fault;
        }
        catch (StoreException e)
        {
            // Loops and requests keep their own; this is one of the start's.
            Journal.WriteError(Journal.Error, $"wg-fleet: database {config.Database} cannot be used: {e.Message}");
            return ExitCode.Failure;
        }
        catch (Exception e)
        {
            Journal.WriteError(Journal.Error, $"wg-fleet: an internal error, please report it: {Table.Plain(e.ToString())}");
            return ExitCode.Fault;
        }
    }

    /// <summary>One line per entry on stdout; under journald with its priority prefixes and without the time, which journald adds.</summary>
    private static void ToStdout(ILoggingBuilder logging, LogLevel level)
    {
        logging.SetMinimumLevel(level).AddFilter("Microsoft", level < LogLevel.Information ? LogLevel.Information : LogLevel.Warning);
        if (Journal.Reads(1))
        {
            logging.AddSystemdConsole(console => console.TimestampFormat = null);
            return;
        }

        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd HH:mm:ss.fff'Z' ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
    }
}
