using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Http.Api;

namespace WgFleet.Cli.HookCommands;

/// <summary><c>wg-fleet hooks diff</c>.</summary>
internal static class HookDiffCommand
{
    public static Command Create(ServerCommand op) =>
        op.Command(
            "diff",
            "Shows what a projection would change in its files, without changing them; exits like diff: 0 without differences, 1 with, 2 on failure",
            [HookArguments.Name],
            async (client, parse, cancellationToken) =>
    {
        var answer = await client.PostAsync(HookArguments.Path(parse, "diff"), AdminJson.Default.DiffResponse, cancellationToken);
        op.Print(parse, answer, AdminJson.Default.DiffResponse, a => Console.Out.Write(a.Diff));
        return answer.Changed ? ExitCode.Different : ExitCode.Ok;
    }, ExitCode.Trouble);
}
