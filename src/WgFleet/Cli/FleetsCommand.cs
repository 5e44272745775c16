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

    /// <summary>The columns of lists of fleets.</summary>
    public static readonly Column<FleetInfo>[] Columns =
    [
        new("NAME", f => f.Name),
        new("INTERFACE", f => f.Interface, IsWide: true),
        new("STATE", f => f.State),
        new("STATE SINCE", f => f.StateSince, IsWide: true),
        new("CLIENTS", f => f.Clients),
        new("ONLINE", f => f.Online),
        new("PRUNE", f => f.Prune),
        new("PHASE", f => f.Phase?.Name),
        new("UNTIL", f => f.Phase?.Until),
        new("SUBNET", f => f.Subnet),
        new("GATEWAY", f => f.Gateway, IsWide: true),
        new("ENDPOINT", f => f.ExternalIp, IsWide: true),
        new("PORT", f => f.Port, IsWide: true),
        new("REASON", f => f.Reason, MayBeCut: true),
    ];

    private static Command List(ServerCommand op, string name, string description) =>
        op.List(name, description, [], async (client, parse, cancellationToken) =>
    {
        var found = await client.GetAsync("/fleets", AdminJson.Default.FleetsResponse, cancellationToken);
        op.PrintList(parse, found, AdminJson.Default.FleetsResponse, found.Fleets, Columns);
        return ExitCode.Ok;
    });
}
