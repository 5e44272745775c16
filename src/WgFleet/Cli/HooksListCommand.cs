using System.Globalization;

namespace WgFleet.Cli;

/// <summary>Shows all hooks: those that run, in running order, then the others with the reason.</summary>
internal static class HooksListCommand
{
    public static int Run(string configPath)
    {
        if (!CheckCommand.TryLoad(configPath, out var config))
            return ExitCode.Config;

        Console.Out.WriteLine("ORDER  NAME                  KIND        TIMEOUT  EVENTS");
        foreach (var hook in Server.FindHooks(config).Listings)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{hook.Position?.ToString(CultureInfo.InvariantCulture) ?? "-",5}  {hook.Name,-20}  {hook.Kind,-10}  {hook.Timeout.TotalSeconds,6:0.#}s  {(hook.Inactive is { } why ? $"inactive: {why}" : string.Join(", ", hook.Events))}"));
        }

        return ExitCode.Ok;
    }
}
