using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Hosting;
using WgFleet.Http.Api;

namespace WgFleet.Cli;

/// <summary><c>wg-fleet approvals</c>: lists, approves and refuses machines that wait to be let in.</summary>
internal static class ApprovalsCommand
{
    private static readonly Argument<string> Fleet = new("FLEET") { Description = "The fleet" };
    private static readonly Option<bool> All = new("--all") { Description = "All machines that wait" };

    private static readonly Argument<string[]> Keys = new("KEY")
    {
        Description = "The public keys of the machines, or at least the first four characters of each", Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Column<ApprovalInfo>[] Columns =
    [
        new("KEY", m => m.PublicKey),
        new("STATE", m => m.State),
        new("SOURCE", m => m.Source),
        new("BOARD", m => m.Facts?.GetValueOrDefault(Store.Facts.BoardSerial), MayBeCut: true),
        new("ASKED", m => m.AskedAt),
        new("LAST ASKED", m => m.LastAskedAt, IsWide: true),
        new("DECIDED", m => m.DecidedAt, IsWide: true),
        new("BY", m => m.DecidedBy),
    ];

    public static Command Create(Option<string> config)
    {
        var op = new ServerCommand(config);
        return new Command("approvals", "Lists, approves and refuses machines that wait to be let in to a fleet")
        {
            List(op),
            Decide(op, ApprovalRequest.Acts[0], "Lets machines in: each joins when it asks the next time", "approved"),
            Decide(op, ApprovalRequest.Acts[1], "Refuses machines: they are told so, and stay refused for 30 days or until they are approved", "refused"),
        };
    }

    private static Command List(ServerCommand op) =>
        op.List("list", "Lists the machines that wait, and those that were approved or refused", [Fleet], async (client, parse, cancellationToken) =>
    {
        var found = await client.GetAsync(PathOf(parse), AdminJson.Default.ApprovalsResponse, cancellationToken);
        op.PrintList(parse, found, AdminJson.Default.ApprovalsResponse, found.Machines, Columns);
        return ExitCode.Ok;
    });

    private static Command Decide(ServerCommand op, string act, string description, string done) =>
        op.Command(act, description, [Fleet, Keys, All, Confirmation.Yes], async (client, parse, cancellationToken) =>
    {
        var all = parse.GetValue(All);
        var keys = all ? await WaitingAsync(client, parse, cancellationToken) : parse.GetValue(Keys)!;

        // By their keys, because others may have asked since they were listed.
        if (all && !await Confirmation.GivenAsync(parse, () => Task.FromResult($"This will {act} {Quantity.Of(keys.Length, "machine")}: {string.Join(", ", keys)}")))
            return ExitCode.Failure;

        var wish = new ApprovalRequest { Act = act, Machines = keys };
        var answer = await client.PostAsync(PathOf(parse), wish, AdminJson.Default.ApprovalRequest, AdminJson.Default.ApprovalsResponse, cancellationToken);
        op.Print(parse, answer, AdminJson.Default.ApprovalsResponse, a =>
        {
            foreach (var machine in a.Machines)
                Console.Out.WriteLine(Table.Plain($"{machine.PublicKey} is {done}, asked from {machine.Source}"));

            if (a.Machines.Count == 0)
                Console.Out.WriteLine($"they were {done} already");
        });
        return ExitCode.Ok;
    }, rule: parse => parse.GetValue(All) == parse.GetValue(Keys) is { Length: > 0 } ? "name machines by their keys, or use --all" : null);

    private static async Task<string[]> WaitingAsync(AdminClient client, ParseResult parse, CancellationToken cancellationToken)
    {
        var asking = await client.GetAsync(PathOf(parse), AdminJson.Default.ApprovalsResponse, cancellationToken);
        string[] waiting = [.. asking.Machines.Where(m => m.State == ApprovalInfo.States[0]).Select(m => m.PublicKey)];
        return waiting.Length > 0 ? waiting : throw new AdminException($"no machine waits to be let in to {asking.Fleet}");
    }

    private static string PathOf(ParseResult parse) => $"/fleets/{Uri.EscapeDataString(parse.GetValue(Fleet)!)}/approvals";
}
