using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Http.Api;

namespace WgFleet.Cli.ClientCommands;

/// <summary><c>wg-fleet clients pin</c> and <c>unpin</c>.</summary>
internal static class PinCommands
{
    public static IEnumerable<Command> Create(ServerCommand op, Argument<string> which, Option<string?> fleet)
    {
        yield return op.Command("pin", "Pins a client: it is never pruned, also after a restart", [which, fleet], async (client, parse, cancellationToken) =>
        {
            var pinned = await client.PutAsync(Path(parse, which, fleet), AdminJson.Default.ClientInfo, cancellationToken);
            op.Print(parse, pinned, AdminJson.Default.ClientInfo, c =>
                Console.Out.WriteLine(Table.Plain($"{c.Hostname ?? c.Address} of {c.Fleet} is pinned {ClientsText.Since(c.Pinned, at => op.FullTime(parse, at))}")));
            return ExitCode.Ok;
        }, hasTimes: true);
        yield return op.Command("unpin", "Unpins a client: the next prune removes it if it is stale", [which, fleet],
            async (client, parse, cancellationToken) =>
        {
            var unpinned = await client.DeleteAsync(Path(parse, which, fleet), AdminJson.Default.ClientInfo, cancellationToken);
            op.Print(parse, unpinned, AdminJson.Default.ClientInfo, c =>
                Console.Out.WriteLine(Table.Plain($"{c.Hostname ?? c.Address} of {c.Fleet} is not pinned")));
            return ExitCode.Ok;
        });
    }

    private static string Path(ParseResult parse, Argument<string> which, Option<string?> fleet) =>
        $"/clients/{Uri.EscapeDataString(parse.GetValue(which)!)}/pin{(parse.GetValue(fleet) is { } name ? $"?fleet={Uri.EscapeDataString(name)}" : "")}";
}
