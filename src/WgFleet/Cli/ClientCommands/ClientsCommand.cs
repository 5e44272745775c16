using System.CommandLine;
using WgFleet.Cli.Arguments;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Http.Api;
using WgFleet.Queries;

namespace WgFleet.Cli.ClientCommands;

/// <summary><c>wg-fleet clients</c>: lists, shows and changes clients.</summary>
internal static class ClientsCommand
{
    private static readonly Argument<string> Which = new("CLIENT") { Description = "The client, by address, public key, name or name.fleet" };
    private static readonly Option<string?> Fleet = new("--fleet") { Description = "Only in this fleet", HelpName = "NAME" };

    public static Command Create(Option<string> config)
    {
        var op = new ServerCommand(config);
        var clients = new Command("clients", "Shows, explains, removes, restores, renames, tags and pins clients")
        {
            List(op), Show(op), Explain(op), RemovedClients.Restore(op, Which, Fleet),
        };
        foreach (var command in new ManyCommands(op, Fleet).Create())
            clients.Subcommands.Add(command);

        return clients;
    }

    private static Command List(ServerCommand op)
    {
        var online = new Option<bool>("--online") { Description = "Only clients that are online" };
        var offline = new Option<bool>("--offline") { Description = "Only clients that are offline" };
        var removed = new Option<bool>("--removed") { Description = "Removed clients instead, latest first" };
        var sort = Value.Option("--sort", "Sort by this (default: registered)", ClientSorts.Names);
        var descending = new Option<bool>("--desc") { Description = "Sort in descending order" };
        var limit = Value.Option("--limit", "Maximum to list (default: all)", "N", Value.Number(1, int.MaxValue));
        return op.List("list", "Lists clients, one per line", [Fleet, .. ClientChoice.Options, online, offline, removed, sort, descending, limit],
            async (client, parse, cancellationToken) =>
        {
            if (parse.GetValue(removed))
                return await RemovedClients.ListAsync(op, client, parse, parse.GetValue(Fleet), (int?)parse.GetValue(limit), cancellationToken);

            var query = $"sort={parse.GetValue(sort) ?? ClientSorts.Names[0]}&descending={(parse.GetValue(descending) ? "true" : "false")}{ClientChoice.Query(parse, parse.GetValue(Fleet))}";
            if (parse.GetValue(online) || parse.GetValue(offline))
                query += $"&online={(parse.GetValue(online) ? "true" : "false")}";

            var page = await ClientPages.GetAsync(client, query, (int?)parse.GetValue(limit) ?? int.MaxValue, cancellationToken);
            op.PrintList(parse, page, AdminJson.Default.ClientsResponse, page.Clients, ClientLists.Present);
            if (page.Found > page.Clients.Count && op.Format(parse) != ListFormat.Json)
                await Console.Error.WriteLineAsync($"wg-fleet: {page.Found - page.Clients.Count} more are not shown");

            return ExitCode.Ok;
        },
        rule: parse =>
            parse.GetValue(online) && parse.GetValue(offline) ? "use either --online or --offline"
            : ClientChoice.HasState(parse) && (parse.GetValue(online) || parse.GetValue(offline)) ? "use either --state or --online and --offline"
            : parse.GetValue(removed) && new Option[] { online, offline, sort, descending }.Concat(ClientChoice.Options).Any(o => parse.GetResult(o) is { Implicit: false })
                ? "--removed can only be combined with --fleet and --limit"
            : null);
    }

    private static Command Show(ServerCommand op) =>
        op.Command("show", "Shows everything about one client", [Which, Fleet], async (client, parse, cancellationToken) =>
    {
        var found = await client.GetAsync(ClientPath.Of("clients", parse.GetValue(Which)!, parse.GetValue(Fleet)), AdminJson.Default.ClientInfo, cancellationToken);
        op.Print(parse, found, AdminJson.Default.ClientInfo, c => ClientsText.Print(c, at => op.FullTime(parse, at)));
        return ExitCode.Ok;
    }, hasTimes: true);

    private static Command Explain(ServerCommand op) =>
        op.Command("explain", "Shows a client's history from the event log, also of a client that was removed", [Which, Fleet],
        async (client, parse, cancellationToken) =>
    {
        var history = await client.GetAsync(ClientPath.Of("history", parse.GetValue(Which)!, parse.GetValue(Fleet)), AdminJson.Default.ClientHistoryResponse, cancellationToken);
        op.Print(parse, history, AdminJson.Default.ClientHistoryResponse, h => ClientsText.Print(h, at => op.FullTime(parse, at)));
        return ExitCode.Ok;
    }, hasTimes: true);
}
