using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Http.Api;

namespace WgFleet.Cli;

/// <summary><c>wg-fleet health</c>: whether the running server is ready, as /readyz says; for the health check of a container.</summary>
internal static class HealthCommand
{
    public static Command Create(Option<string> config)
    {
        var op = new ServerCommand(config);
        return op.Command("health", "Says whether the server is ready; ends with 1 and the reasons if it is not", [],
            async (client, parse, cancellationToken) =>
        {
            op.Print(parse, await AnswerLimit.AskAsync(client.ReadyAsync, cancellationToken), AdminJson.Default.ReadyResponse, _ => Console.Out.WriteLine("ready"));
            return ExitCode.Ok;
        });
    }
}
