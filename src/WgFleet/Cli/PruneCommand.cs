using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Hosting;
using WgFleet.Http.Api;

namespace WgFleet.Cli;

/// <summary><c>wg-fleet prune</c>: shows and allows held prunes.</summary>
internal static class PruneCommand
{
    private const int MostShown = 20;

    private static readonly Argument<string> Fleet = new("FLEET") { Description = "The fleet" };
    private static readonly Option<bool> Yes = new("--yes") { Description = "Remove the clients; without it they are only listed, and a terminal is asked" };

    public static Command Create(Option<string> config)
    {
        var op = new ServerCommand(config);
        return new Command("prune", "Shows and allows prunes that are held because they would remove much of a fleet") 
        {
            List(op, "list", "Lists the fleets with the state of their prune, and how many clients a held prune would remove"),
            List(op, "status", "Lists the same as 'wg-fleet prune list'"),
            Allow(op),
        };
    }

    private static readonly Column<PruneInfo>[] Columns =
    [
        new("FLEET", f => f.Fleet),
        new("CLIENTS", f => f.Clients),
        new("PRUNE", f => f.Frozen is not null ? "frozen" : f.Held is not null ? "held" : "on"),
        new("WOULD GO", f => f.Held?.Clients.Count),
        new("SINCE", f => f.Held?.Since ?? f.Frozen?.Since),
        new("BY", f => f.Frozen?.By, IsWide: true),
    ];

    private static Command List(ServerCommand op, string name, string description) => op.List(name, description, [], async (client, parse, cancellationToken) =>
    {
        var found = await client.GetAsync("/prune", AdminJson.Default.PruneResponse, cancellationToken);
        op.PrintList(parse, found, AdminJson.Default.PruneResponse, found.Fleets, Columns);
        return ExitCode.Ok;
    });

    private static Command Allow(ServerCommand op) =>
        op.Command("allow", "Lists the clients that a held prune would remove; with --yes removes those that are still stale", [Fleet, Yes],
        async (client, parse, cancellationToken) =>
    {
        var name = parse.GetValue(Fleet)!;
        var fleets = (await client.GetAsync("/prune", AdminJson.Default.PruneResponse, cancellationToken)).Fleets;
        var fleet = fleets.FirstOrDefault(f => f.Fleet.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new AdminException($"there is no fleet '{name}'; there are: {string.Join(", ", fleets.Select(f => f.Fleet))}");
        name = fleet.Fleet;
        if (fleet.Refusal is { } refusal)
            throw new AdminException(refusal);

        if (fleet.Held is not { } held)
            throw new AdminException($"no prune of fleet '{name}' is held");

        // On stderr, so that programs can read stdout; before anything is removed.
        Tell(fleet, held, at => op.FullTime(parse, at));
        if (!parse.GetValue(Yes) && Confirmation.OnTerminal)
        {
            if (!Confirmation.Ask("An operator can restore each of them until its tombstone ends."))
                return ExitCode.Failure;
        }
        else if (!parse.GetValue(Yes))
            throw new AdminException($"no client was removed; to remove them: wg-fleet prune allow {name} --yes");

        var path = $"/prune/{Uri.EscapeDataString(name)}/allow?number={held.Number}";
        var answer = await client.PostAsync(path, AdminJson.Default.CountResponse, cancellationToken);
        op.Print(parse, answer, AdminJson.Default.CountResponse, a => Console.Out.WriteLine($"{Clients(a.Count)} removed from {name}"));
        return ExitCode.Ok;
    }, hasTimes: true);

    private static void Tell(PruneInfo fleet, HeldPruneInfo held, Func<DateTimeOffset?, string> time)
    {
        Console.Error.WriteLine(
            $"This removes {Clients(held.Clients.Count)} of the {Number(fleet.Clients)} of fleet {fleet.Fleet}, "
            + "with their tunnels, addresses and names, unless they show a sign of life first:");
        foreach (var client in held.Clients.Take(MostShown))
            Console.Error.WriteLine(Table.Plain($"  {client.Hostname ?? "(none)"}  {client.Address}  last seen {time(client.LastSeen)}"));

        if (held.Clients.Count > MostShown)
            Console.Error.WriteLine($"  and {Number(held.Clients.Count - MostShown)} more; 'wg-fleet prune status --json' lists all of them");
    }

    private static string Clients(int count) => Quantity.Of(count, "client");

    private static string Number(int number) => number.ToString();
}
