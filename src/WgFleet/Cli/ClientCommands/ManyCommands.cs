using System.CommandLine;
using WgFleet.Cli.Arguments;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Http.Api;
using WgFleet.Http.Api.Many;
using WgFleet.Queries;

namespace WgFleet.Cli.ClientCommands;

/// <summary>The commands that change clients, one or many: <c>wg-fleet clients remove</c>, <c>pin</c>, <c>unpin</c>, <c>tag</c> and <c>rename</c>.</summary>
internal sealed class ManyCommands(ServerCommand op, Option<string?> fleet)
{
    private readonly Argument<string[]> _which = new("CLIENT") { Description = "The clients, each by address, public key, name or name.fleet", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> _all = new("--all") { Description = "All clients, with --fleet those of the fleet" };
    private readonly Option<bool> _dry = new("--dry") { Description = "Only show what would be done" };

    public IEnumerable<Command> Create() => [Remove(), .. Pins(), Tag(), Rename()];

    private Command Remove() => Command("remove", "Removes clients: their tunnels stop working and their names become free", new() { Act = "remove" }, async (client, which, parse, cancellationToken) =>
    {
        var path = Path(which, parse);
        if (!await Confirmation.GivenAsync(parse, async () => WillRemove(await client.GetAsync(path, AdminJson.Default.ClientInfo, cancellationToken))))
            return ExitCode.Failure;

        var removed = await client.DeleteAsync(path, AdminJson.Default.ClientInfo, cancellationToken);
        op.Print(parse, removed, AdminJson.Default.ClientInfo, c => Console.Out.WriteLine(Table.Plain($"{c.Hostname ?? c.Address} of {c.Fleet} is removed")));
        return ExitCode.Ok;
    });

    private IEnumerable<Command> Pins()
    {
        yield return Command("pin", "Pins clients: they are never pruned, also after a restart", new() { Act = "pin" }, async (client, which, parse, cancellationToken) =>
        {
            var pinned = await client.PutAsync(Path(which, parse, "/pin"), AdminJson.Default.ClientInfo, cancellationToken);
            op.Print(parse, pinned, AdminJson.Default.ClientInfo, c =>
                Console.Out.WriteLine(Table.Plain($"{c.Hostname ?? c.Address} of {c.Fleet} is pinned {ClientsText.Since(c.Pinned, at => op.FullTime(parse, at))}")));
            return ExitCode.Ok;
        }, hasTimes: true);
        yield return Command("unpin", "Unpins clients: the next prune removes those that are stale", new() { Act = "unpin" }, async (client, which, parse, cancellationToken) =>
        {
            var unpinned = await client.DeleteAsync(Path(which, parse, "/pin"), AdminJson.Default.ClientInfo, cancellationToken);
            op.Print(parse, unpinned, AdminJson.Default.ClientInfo, c => Console.Out.WriteLine(Table.Plain($"{c.Hostname ?? c.Address} of {c.Fleet} is not pinned")));
            return ExitCode.Ok;
        });
    }

    private Command Tag()
    {
        var set = Tags.Option("--set", "A tag that they get, or that gets another value; may be repeated");
        var unset = new Option<string[]>("--unset") { Description = "The key of a tag that they lose; may be repeated", HelpName = "NAME", Arity = ArgumentArity.OneOrMore };
        return op.Command("tag", "Sets and unsets tags of clients", [.. Symbols, set, unset],
            async (client, parse, cancellationToken) =>
        {
            var act = new ManyRequest { Act = "tag", Set = parse.GetValue(set), Unset = parse.GetValue(unset) };
            return await ManyRun.RunAsync(op, client, parse, act, await ChosenAsync(client, parse, cancellationToken), parse.GetValue(_dry), cancellationToken);
        },
        rule: parse => parse.GetValue(set) is not { Count: > 0 } && parse.GetValue(unset) is not { Length: > 0 } ? "--set or --unset is missing" : WrongChoice(parse));
    }

    private Command Rename()
    {
        var to = new Option<string?>("--to") { Description = "The pattern of the names of many clients, such as pc-{n:2}: {n} is a number from 1, {hostname} the present name, {tag.room} the tag room", HelpName = "NAME" };
        var release = new Option<bool>("--release") { Description = "Let a client that was renamed have the name that it asks for again" };
        return op.Command("rename", "Gives a client another name, which it keeps whatever it asks for: CLIENT NAME; or many clients names by a pattern: --to PATTERN CLIENT...", [.. Symbols, to, release],
            async (client, parse, cancellationToken) =>
        {
            if (parse.GetValue(release))
            {
                var released = await client.DeleteAsync(Path(Named(parse)[0], parse, "/hostname"), AdminJson.Default.ClientInfo, cancellationToken);
                op.Print(parse, released, AdminJson.Default.ClientInfo, c =>
                    Console.Out.WriteLine(Table.Plain($"{c.Hostname ?? c.Address} of {c.Fleet} may have the name that it asks for with its next ping")));
                return ExitCode.Ok;
            }

            if (parse.GetValue(to) is { } pattern)
            {
                var act = new ManyRequest { Act = "rename", Pattern = pattern };
                return await ManyRun.RunAsync(op, client, parse, act, await ChosenAsync(client, parse, cancellationToken), parse.GetValue(_dry), cancellationToken);
            }

            var (which, name) = (Named(parse)[0], Named(parse)[1]);
            var renamed = await client.PostAsync(
                Path(which, parse, "/rename"), new RenameRequest(name), AdminJson.Default.RenameRequest, AdminJson.Default.ClientInfo, cancellationToken);
            op.Print(parse, renamed, AdminJson.Default.ClientInfo, c => Console.Out.WriteLine(Table.Plain($"{c.Address} of {c.Fleet} is {c.Hostname}")));
            return ExitCode.Ok;
        },
        rule: parse => parse.GetValue(release)
                ? parse.GetValue(to) is null && !ClientChoice.IsMade(parse) && !parse.GetValue(_all) && !parse.GetValue(_dry) && Named(parse).Length == 1 ? null : "--release is for one CLIENT, and goes with nothing else"
            : parse.GetValue(to) is not null ? WrongChoice(parse)
            : ClientChoice.IsMade(parse) || parse.GetValue(_all) || parse.GetValue(_dry) ? "--to is missing: the pattern of the new names"
            : Named(parse) switch
            {
                [] => "CLIENT is missing",
                [_] => "NAME is missing",
                [_, _] => null,
                _ => "there is more than a CLIENT and its new NAME; use --to PATTERN for many clients",
            });
    }

    private IReadOnlyList<Symbol> Symbols => [_which, fleet, .. ClientChoice.Options, _all, _dry, Confirmation.Yes];

    /// <summary>A command that does something to one client in its own way, and to many by one act.</summary>
    private Command Command(
        string name, string description, ManyRequest act, Func<AdminClient, string, ParseResult, CancellationToken, Task<int>> one, bool hasTimes = false) =>
        op.Command(name, description, Symbols,
            async (client, parse, cancellationToken) => Named(parse) is [var which] && !parse.GetValue(_dry)
                ? await one(client, which, parse, cancellationToken)
                : await ManyRun.RunAsync(op, client, parse, act, await ChosenAsync(client, parse, cancellationToken), parse.GetValue(_dry), cancellationToken),
            rule: WrongChoice, hasTimes: hasTimes);

    private string[] Named(ParseResult parse) => parse.GetValue(_which) ?? [];

    private string? WrongChoice(ParseResult parse)
    {
        var (named, chosen, all) = (Named(parse).Length > 0, ClientChoice.IsMade(parse), parse.GetValue(_all));
        return (named, chosen, all) switch
        {
            (false, false, false) => "CLIENT is missing; to choose clients without naming them use --tag, --state, --search, --pinned, --unnamed or --all",
            (true, false, false) or (false, true, false) or (false, false, true) => null,
            _ => "clients are chosen either by name, or by --tag, --state, --search, --pinned and --unnamed, or with --all",
        };
    }

    private async Task<IReadOnlyList<ClientInfo>> ChosenAsync(AdminClient client, ParseResult parse, CancellationToken cancellationToken)
    {
        var names = Named(parse);
        if (names.Length == 0)
            return (await ClientPages.GetAsync(client, $"sort={ClientSorts.Names[0]}{ClientChoice.Query(parse, parse.GetValue(fleet))}", int.MaxValue, cancellationToken)).Clients;

        var clients = new List<ClientInfo>();
        foreach (var name in names)
            clients.Add(await client.GetAsync(Path(name, parse), AdminJson.Default.ClientInfo, cancellationToken));

        return [.. clients.DistinctBy(c => c.PublicKey)];
    }

    private string Path(string which, ParseResult parse, string below = "") =>
        ClientPath.Of("clients", which, parse.GetValue(fleet), below);

    private static string WillRemove(ClientInfo client) =>
        $"This removes {client.Hostname ?? "the client without a name"} ({client.Address}) of fleet {client.Fleet}: its tunnel stops working and its name becomes free.";
}
