using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Http.Api;

namespace WgFleet.Cli;

/// <summary><c>wg-fleet reload</c>: the server reads its configuration again; ends when the outcome is known.</summary>
internal static class ReloadCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a server may not answer during a reload.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Command Create(Option<string> config)
    {
        var op = new ServerCommand(config);
        return op.Command("reload", "Reloads the server's configuration, waits for the outcome and prints what is wrong", [],
            async (client, parse, cancellationToken) =>
        {
            var asked = await client.PostAsync("/reload", AdminJson.Default.ReloadResponse, cancellationToken);
            var outcome = await OutcomeAsync(client, asked, cancellationToken);
            op.Print(parse, outcome, AdminJson.Default.ReloadResponse, Tell);
            return outcome.State == ReloadResponse.Done ? ExitCode.Ok : ExitCode.Failure;
        });
    }

    private static async Task<ReloadResponse> OutcomeAsync(AdminClient client, ReloadResponse asked, CancellationToken cancellationToken)
    {
        var path = $"/reload/{asked.Number}";
        var heard = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await Task.Delay(Pause, cancellationToken);
            try
            {
                var now = await client.GetAsync(path, AdminJson.Default.ReloadResponse, cancellationToken);
                if (now.State != ReloadResponse.Running)
                    return now;

                heard = TimeProvider.System.GetTimestamp();
            }
            catch (AdminException e) when (e.NoServer && TimeProvider.System.GetElapsedTime(heard) < Patience)
            {
                // A reload closes the connections that were made before it.
            }
            catch (AdminException e) when (e.NoServer)
            {
                throw new AdminException("the server stopped during the reload; its log says why (journalctl -u wg-fleet)", e);
            }
        }
    }

    private static void Tell(ReloadResponse outcome)
    {
        foreach (var warning in outcome.Warnings)
            Console.Error.WriteLine($"warning: {Table.Plain(warning)}");

        foreach (var error in outcome.Errors)
            Console.Error.WriteLine(Table.Plain(error));

        if (outcome.State == ReloadResponse.Refused)
            Console.Error.WriteLine("wg-fleet: nothing was changed; correct the configuration and reload again");
        else if (outcome.State == ReloadResponse.Waiting)
            Console.Error.WriteLine("wg-fleet: nothing was changed yet; the server reloads by itself as soon as the database can be written");
        else
            Console.Out.WriteLine("reloaded");
    }
}
