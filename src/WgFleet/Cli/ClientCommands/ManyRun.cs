using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Hosting;
using WgFleet.Http.Api;
using WgFleet.Http.Api.Many;

namespace WgFleet.Cli.ClientCommands;

/// <summary>Does something to many clients: says what it will do, asks at a terminal, and tells what became of each.</summary>
internal static class ManyRun
{
    /// <summary>How many clients one request names, so that its body is not too large.</summary>
    private const int PerRequest = 1000;

    private const int MostShown = 20;

    /// <param name="op">The command.</param>
    /// <param name="client">The server.</param>
    /// <param name="parse">The command line.</param>
    /// <param name="act">What is to be done, without the clients.</param>
    /// <param name="chosen">The clients.</param>
    /// <param name="isDry">Whether nothing is to be done.</param>
    /// <param name="cancellationToken">Ends it between two requests.</param>
    public static async Task<int> RunAsync(
        ServerCommand op, AdminClient client, ParseResult parse, ManyRequest act, IReadOnlyList<ClientInfo> chosen, bool isDry, CancellationToken cancellationToken)
    {
        if (chosen.Count == 0)
            throw new AdminException("no client is chosen; 'wg-fleet clients list' with the same options shows which are");

        var fleets = chosen.GroupBy(c => c.Fleet).ToList();

        // The names of a fleet are given in one request: two could not count on from each other, nor swap names.
        if (act.Pattern is not null && fleets.Find(f => f.Count() > PerRequest) is { } large)
            throw new AdminException($"{large.Count()} clients of fleet {large.Key} are chosen, and --to names at most {PerRequest} at once; choose fewer");

        var requests = fleets.SelectMany(fleet => fleet.Chunk(PerRequest).Select(part =>
            act with { Fleet = fleet.Key, Clients = [.. part.Select(c => c.PublicKey)] })).ToList();

        // All of it is planned before anything is done: what is refused is refused as a whole.
        var plans = await SendAsync(client, requests.ConvertAll(r => r with { Dry = true }), cancellationToken);
        if (isDry)
        {
            op.Print(parse, plans, AdminJson.Default.IReadOnlyListManyResponse, Print);
            return ExitCode.Ok;
        }

        if (!await Confirmation.GivenAsync(parse, () => Task.FromResult(WillDo(plans))))
            return ExitCode.Failure;

        op.Print(parse, await SendAsync(client, requests, cancellationToken), AdminJson.Default.IReadOnlyListManyResponse, Print);
        return ExitCode.Ok;
    }

    private static async Task<IReadOnlyList<ManyResponse>> SendAsync(AdminClient client, List<ManyRequest> requests, CancellationToken cancellationToken)
    {
        var answers = new List<ManyResponse>();
        foreach (var request in requests)
            answers.Add(await client.PostAsync("/clients", request, AdminJson.Default.ManyRequest, AdminJson.Default.ManyResponse, cancellationToken));

        return answers;
    }

    private static void Print(IReadOnlyList<ManyResponse> answers)
    {
        foreach (var answer in answers)
        {
            foreach (var client in answer.Clients)
                Console.Out.WriteLine(Table.Plain(Line(answer, client)));
        }

        Console.Out.WriteLine($"{Quantity.Of(answers.Sum(a => a.Changed), "client")} {(answers[0].Dry ? "would be " : "")}{Done(answers[0].Act)}");
    }

    private static string WillDo(IReadOnlyList<ManyResponse> plans)
    {
        var lines = plans.SelectMany(p => p.Clients.Where(c => c.Outcome == ManyClientInfo.Done).Select(c => Line(p, c))).ToList();
        var shown = string.Join(", ", lines.Take(MostShown));
        return $"{Quantity.Of(lines.Count, "client")} will be {Done(plans[0].Act)}: {shown}{(lines.Count > MostShown ? $" and {lines.Count - MostShown} more; --dry lists all" : "")}";
    }

    private static string Line(ManyResponse answer, ManyClientInfo client)
    {
        var name = $"{client.Hostname ?? client.Address} of {answer.Fleet}";
        return client.Outcome switch
        {
            ManyClientInfo.Unchanged => $"{name}: nothing to change",
            ManyClientInfo.Gone => $"{name}: removed in the meantime",
            _ => client switch
            {
                { NewHostname: { } hostname } => $"{name} -> {hostname}",
                { Tags: { } tags } => $"{name}: {ClientLists.Tags(tags)}",
                _ when answer.Act == "tag" => $"{name}: no tags",
                _ => name,
            },
        };
    }

    private static string Done(string act) => act switch
    {
        "remove" => "removed",
        "tag" => "tagged",
        "rename" => "renamed",
        "pin" => "pinned",
        _ => "unpinned",
    };
}
