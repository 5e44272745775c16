using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Http.Api;

namespace WgFleet.Cli;

/// <summary><c>wg-fleet health</c>: whether the running server is ready, as /readyz says; for the health check of a container.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create(Option<string> config)
    {
        var op = new ServerCommand(config);
        return op.Command("health", "Says whether the server is ready; ends with 1 and the reasons if it is not", [],
            async (client, parse, cancellationToken) =>
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(Patience);
            try
            {
                op.Print(parse, await client.ReadyAsync(deadline.Token), AdminJson.Default.ReadyResponse, _ => Console.Out.WriteLine("ready"));
                return ExitCode.Ok;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new AdminException($"the server does not answer within {Patience.TotalSeconds:0} s");
            }
        });
    }
}
