using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Hooks.Admin;
using WgFleet.Http.Api;

namespace WgFleet.Cli.HookCommands;

/// <summary><c>wg-fleet hooks run</c>.</summary>
internal static class HookRunCommand
{
    public static Command Create(ServerCommand op) =>
        op.Command("run", "Runs a projection now and waits for it", [HookArguments.Name], async (client, parse, cancellationToken) =>
    {
        var hooks = await client.PostAsync(HookArguments.Path(parse, "run"), AdminJson.Default.IReadOnlyListHookInfo, cancellationToken);
        op.Print(parse, hooks, AdminJson.Default.IReadOnlyListHookInfo, h => Console.Out.WriteLine($"{h[0].Name} is up to date"));
        return ExitCode.Ok;
    });
}
