using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Config;
using WgFleet.Http.Api;
using WgFleet.Queries;

namespace WgFleet.Cli.ClientCommands;

/// <summary><c>wg-fleet clients list --removed</c> and <c>clients restore</c>.</summary>
internal static class RemovedClients
{
    public static Command Restore(ServerCommand op, Argument<string> which, Option<string?> fleet) => op.Command(
        "restore", "Restores a removed client with its key, address and name: its tunnel works again", [which, fleet],
            async (client, parse, cancellationToken) =>
        {
            var answer = await client.PostAsync(ClientPath.Of("removed", parse.GetValue(which)!, parse.GetValue(fleet), "/restore"), AdminJson.Default.RestoreResponse,
                cancellationToken);
            op.Print(parse, answer, AdminJson.Default.RestoreResponse, a => Print(a, at => op.FullTime(parse, at)));
            return ExitCode.Ok;
        }, hasTimes: true);

    /// <summary>Gets all pages of removed clients and prints them.</summary>
    public static async Task<int> ListAsync(ServerCommand op, AdminClient client, ParseResult parse, string? fleet, int? limit,
        CancellationToken cancellationToken)
    {
        var most = limit ?? int.MaxValue;
        var (removed, cursor) = (new List<RemovedClientInfo>(), (string?)"");
        while (cursor is not null && removed.Count < most)
        {
            var query = $"?limit={Math.Min(ClientList.MaxPageSize, most - removed.Count).ToString()}";
            if (fleet is not null)
                query += $"&fleet={Uri.EscapeDataString(fleet)}";
            if (cursor.Length > 0)
                query += $"&cursor={cursor}";

            var page = await client.GetAsync($"/removed{query}", AdminJson.Default.RemovedClientsResponse, cancellationToken);
            removed.AddRange(page.Removed);
            cursor = page.Next;
        }

        op.PrintList(parse, new RemovedClientsResponse(removed, cursor), AdminJson.Default.RemovedClientsResponse, removed, ClientLists.Removed);
        if (cursor is not null && op.Format(parse) != ListFormat.Json)
            await Console.Error.WriteLineAsync("wg-fleet: more clients are not shown");

        return ExitCode.Ok;
    }

    /// <summary>Why a client was removed.</summary>
    public static string Why(RemovedClientInfo client) => client.Cause switch
    {
        "stale" => $"silent for {Duration.ToText(TimeSpan.FromSeconds(client.SilentSeconds))}" + (client.RemovedBy is { } by ? $", allowed by {by}" : ""),
        "left" => "left by itself",
        "removed" => client.RemovedBy is { } by ? $"removed by {by}" : "removed",
        var other => other,
    };

    private static void Print(RestoreResponse answer, Func<DateTimeOffset, string> time)
    {
        var client = answer.Client;
        Console.Out.WriteLine(Table.Plain($"{client.Hostname ?? "a client without a name"} of {client.Fleet} is restored, with {client.Address} and its key"));
        foreach (var other in answer.Others)
            Console.Error.WriteLine(Table.Plain(
                $"wg-fleet: not restored: another {other.Hostname ?? other.Address}, {other.Address}, removed {time(other.RemovedAt)}; "
                + $"restore it by its key: {other.PublicKey}"));
    }
}
