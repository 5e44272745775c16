using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using WgFleet.Cli.Output;
using WgFleet.Config;
using WgFleet.Config.Reading;
using WgFleet.Config.Yaml;
using WgFleet.Hooks.Admin;
using WgFleet.Hooks.Discovery;
using WgFleet.Hosting;
using WgFleet.Http.Api;

namespace WgFleet.Cli.Checking;

/// <summary><c>wg-fleet check</c> and <c>wg-fleet hooks check</c>: everything that is wrong with the configuration and its hooks.</summary>
internal static class CheckCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON" };

    /// <summary><c>wg-fleet check</c>.</summary>
    public static Command Create(Option<string> config) => Create(
        "check", "Prints everything that keeps the server from starting with this configuration, and changes nothing", config, withStart: true,
        (read, _) => Count(read.Fleets.Count, "fleet"));

    /// <summary><c>wg-fleet hooks check</c>: the configuration and its hooks only.</summary>
    public static Command ForHooks(Option<string> config) => Create(
        "check", "Checks the configuration and the programs, secrets and templates of hooks, without a server and without running any", config,
            withStart: false,
        (_, hooks) => Count(hooks.All.Count(h => h.Inactive is null), "hook"));

    /// <summary>Loads the configuration for a start; prints warnings and errors on stderr.</summary>
    public static bool TryLoad(string path, [NotNullWhen(true)] out ServerConfig? config)
    {
        var read = ConfigFile.Load(path);
        var problems = read.Config is null ? read.Problems : HookDiscovery.Of(read.Config).Problems;
        Print(problems, read.Warnings);
        config = problems.Count == 0 ? read.Config : null;
        return config is not null;
    }

    private static Command Create(string name, string description, Option<string> config, bool withStart, Func<ServerConfig, HookDiscovery, string> counted)
    {
        var command = new Command(name, description) { Json };
        command.SetAction(parse => Run(parse.GetValue(config)!, parse.GetValue(Json), withStart, counted));
        return command;
    }

    private static int Run(string path, bool json, bool withStart, Func<ServerConfig, HookDiscovery, string> counted)
    {
        var read = ConfigFile.Load(path);
        var hooks = read.Config is null ? null : HookDiscovery.Of(read.Config);
        var (errors, warnings) = hooks is null ? (read.Problems, []) : HookCheck.Of(read.Config!, hooks);
        warnings = [.. read.Warnings, .. warnings];
        if (withStart && read.Config is { } config)
            (errors, warnings) = ([.. errors, .. StartCheck.Errors(config, UnitView.IsHere, UnitView.Made)], [.. warnings, .. StartCheck.Warnings(config, UnitView.IsHere)]);

        if (withStart)
            (errors, warnings) = UnitView.Judge(path, errors, warnings);

        var ok = errors.Count == 0;
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(new CheckResponse(ok, errors, warnings), AdminJson.Default.CheckResponse));
        }
        else
        {
            Print(errors, warnings);
            if (ok)
                Console.Out.WriteLine($"{path}: {counted(read.Config!, hooks!)}, {(warnings.Count == 0 ? "nothing wrong" : Count(warnings.Count, "warning"))}");
        }

        return ok ? ExitCode.Ok : ExitCode.Config;
    }

    private static void Print(IReadOnlyList<Problem> problems, IReadOnlyList<Problem> warnings)
    {
        foreach (var warning in warnings)
            Journal.WriteError(Journal.Warning, $"warning: {Table.Plain(warning.ToString())}");

        foreach (var problem in problems)
            Journal.WriteError(Journal.Error, Table.Plain(problem.ToString()));
    }

    private static string Count(int count, string what) => Quantity.Of(count, what);
}
