using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Http.Api;

namespace WgFleet.Cli;

/// <summary><c>wg-fleet fleets</c>: lists the fleets with their state, and freezes and thaws them.</summary>
internal static class FleetsCommand
{
    public static Command Create(Option<string> config)
    {
        var op = new ServerCommand(config);
        var fleets = List(op, "fleets", "Shows the fleets of the running server");
        fleets.Subcommands.Add(List(op, "list", "Lists the fleets, as 'wg-fleet fleets' does"));
        foreach (var command in FreezeCommands.Create(op))
            fleets.Subcommands.Add(command);

        return fleets;
    }

    private static Command List(ServerCommand op, string name, string description) =>
        op.Command(name, description, [], async (client, parse, cancellationToken) =>
    {
        var found = await client.GetAsync("/fleets", AdminJson.Default.FleetsResponse, cancellationToken);
        op.Print(parse, found, AdminJson.Default.FleetsResponse, f => Table.Print(
        [
            ["NAME", "INTERFACE", "STATE", "CLIENTS", "ONLINE", "PRUNE", "SUBNET", "PORT", "REASON"],
            .. f.Fleets.Select(x => new[]
            {
                x.Name, x.Interface, x.State, Number(x.Clients), Number(x.Online), x.Prune, x.Subnet, Number(x.Port), x.Reason ?? "-",
            }),
        ]));
        return ExitCode.Ok;
    });

    private static string Number(int number) => number.ToString();
}
