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
        return new Command("prune", "Shows and allows prunes that are held because they would remove much of a fleet") { Status(op), Allow(op) };
    }

    private static Command Status(ServerCommand op) =>
        op.Command("status", "Shows which fleets are not pruned, because they are frozen or their prune is held, and how many clients it would remove", [],
        async (client, parse, cancellationToken) =>
    {
        var found = await client.GetAsync("/prune", AdminJson.Default.PruneResponse, cancellationToken);
        op.Print(parse, found, AdminJson.Default.PruneResponse, f => Table.Print(
        [
            ["FLEET", "CLIENTS", "PRUNE", "WOULD GO", "SINCE"],
            .. f.Fleets.Select(x => new[] { x.Fleet, Number(x.Clients), State(x), x.Held is { } held ? Number(held.Clients.Count) : "-",
                Time(x.Held?.Since ?? x.Frozen?.Since) }),
        ]));
        return ExitCode.Ok;
    });

    private static Command Allow(ServerCommand op) =>
        op.Command("allow", "Lists the clients that a held prune would remove; with --yes removes those that are still stale", [Fleet, Yes],
        async (client, parse, cancellationToken) =>
    {
        var name = parse.GetValue(Fleet)!;
        var fleets = (await client.GetAsync("/prune", AdminJson.Default.PruneResponse, cancellationToken)).Fleets;
        var fleet = fleets.FirstOrDefault(f => f.Fleet == name)
            ?? throw new AdminException($"there is no fleet '{name}'; there are: {string.Join(", ", fleets.Select(f => f.Fleet))}");
        if (fleet.Frozen is not null)
            throw new AdminException($"fleet '{name}' is frozen; thaw it first, with wg-fleet fleets thaw {name}");

        if (fleet.Held is not { } held)
            throw new AdminException($"no prune of fleet '{name}' is held");

        // On stderr, so that programs can read stdout; before anything is removed.
        Tell(fleet, held);
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
    });

    private static void Tell(PruneInfo fleet, HeldPruneInfo held)
    {
        Console.Error.WriteLine(
            $"This removes {Clients(held.Clients.Count)} of the {Number(fleet.Clients)} of fleet {fleet.Fleet}, "
            + "with their tunnels, addresses and names, unless they show a sign of life first:");
        foreach (var client in held.Clients.Take(MostShown))
            Console.Error.WriteLine(Table.Plain($"  {client.Hostname ?? "(none)"}  {client.Address}  last seen {Time(client.LastSeen)}"));

        if (held.Clients.Count > MostShown)
            Console.Error.WriteLine($"  and {Number(held.Clients.Count - MostShown)} more; 'wg-fleet prune status --json' lists all of them");
    }

    private static string State(PruneInfo fleet) => fleet.Frozen is not null ? "frozen" : fleet.Held is not null ? "held" : "on";

    private static string Clients(int count) => count == 1 ? "1 client" : $"{Number(count)} clients";

    private static string Number(int number) => number.ToString();

    private static string Time(DateTimeOffset? at) => Utc.Text(at);
}
