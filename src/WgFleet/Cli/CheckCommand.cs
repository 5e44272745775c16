using System.Diagnostics.CodeAnalysis;
using WgFleet.Config;

namespace WgFleet.Cli;

/// <summary>Reads the configuration and says everything that is wrong with it.</summary>
internal static class CheckCommand
{
    public static int Run(string path)
    {
        if (!TryLoad(path, out var config))
            return ExitCode.Config;

        Console.Out.WriteLine($"{path}: {config.Fleets.Count} fleet{(config.Fleets.Count == 1 ? "" : "s")}, nothing wrong");
        return ExitCode.Ok;
    }

    /// <summary>Loads the configuration; prints its warnings and problems on stderr.</summary>
    public static bool TryLoad(string path, [NotNullWhen(true)] out ServerConfig? config)
    {
        var result = ConfigFile.Load(path);
        foreach (var warning in result.Warnings)
            Console.Error.WriteLine($"warning: {warning}");

        foreach (var problem in result.Problems)
            Console.Error.WriteLine(problem);

        config = result.Config;
        if (config is null)
            return false;

        var hooks = Server.FindHooks(config).Problems;
        foreach (var problem in hooks)
            Console.Error.WriteLine($"{path}: {problem}");

        return hooks.Count == 0;
    }
}
