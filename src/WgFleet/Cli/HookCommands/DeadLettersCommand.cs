using System.CommandLine;
using WgFleet.Cli.Arguments;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Http.Api;

namespace WgFleet.Cli.HookCommands;

/// <summary><c>wg-fleet hooks deadletters</c>: lists, retries and deletes dead letters.</summary>
internal static class DeadLettersCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The hook" };
    private static readonly Argument<string?> AnyName = new("NAME") { Description = "The hook (default: all)", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<long?> Sequence = Value.Argument("SEQ", "The event's number", Value.Number(0));
    private static readonly Argument<long?> AnySequence = Any(Value.Argument("SEQ", "The event's number", Value.Number(0)));
    private static readonly Option<bool> All = new("--all") { Description = "All dead letters of the hook" };

    public static Command Create(ServerCommand op) => new("deadletters", "Events that a hook has given up")
    {
        List(op), Show(op), Act(op, "retry", "Delivers dead letters again, with all their attempts", "tried again"),
            Act(op, "drop", "Deletes dead letters", "dropped"),
    };

    private static Command List(ServerCommand op) =>
        op.List("list", "Lists dead letters, latest first for each hook", [AnyName], async (client, parse, cancellationToken) =>
    {
        var query = parse.GetValue(AnyName) is { } name ? $"?hook={Uri.EscapeDataString(name)}" : "";
        var found = await client.GetAsync($"/deadletters{query}", AdminJson.Default.IReadOnlyListDeliveryInfo, cancellationToken);
        op.PrintList(parse, found, AdminJson.Default.IReadOnlyListDeliveryInfo, found, HookColumns.Deliveries);
        return ExitCode.Ok;
    });

    private static Command Show(ServerCommand op) =>
        op.Command("show", "Shows one dead letter with the receiver's answer", [Name, Sequence], async (client, parse, cancellationToken) =>
    {
        var path = $"/deadletters/{Uri.EscapeDataString(parse.GetValue(Name)!)}/{parse.GetValue(Sequence)}";
        var found = await client.GetAsync(path, AdminJson.Default.IReadOnlyListDeliveryInfo, cancellationToken);
        op.Print(parse, found, AdminJson.Default.IReadOnlyListDeliveryInfo, letters =>
        {
            op.Printer(parse).Print(letters, HookColumns.Deliveries);
            if (letters[0].Response is { Length: > 0 } response)
                Console.Out.WriteLine($"\n{Table.PlainLines(response)}");
        });
        return ExitCode.Ok;
    });

    private static string WillDrop(ParseResult parse) =>
        $"This deletes {(parse.GetValue(AnySequence) is { } sequence ? $"the dead letter {sequence}" : "all dead letters")} of hook {parse.GetValue(Name)}: "
        + "the hook never gets these events.";

    private static Command Act(ServerCommand op, string verb, string description, string done)
    {
        var isDrop = verb == "drop";
        return op.Command(verb, description, [Name, AnySequence, All, .. isDrop ? [Confirmation.Yes] : Array.Empty<Symbol>()],
            async (client, parse, cancellationToken) =>
        {
            if (isDrop && !await Confirmation.GivenAsync(parse, async () =>
            {
                var (name, sequence) = (parse.GetValue(Name)!, parse.GetValue(AnySequence));
                var letters = await client.GetAsync($"/deadletters?hook={Uri.EscapeDataString(name)}", AdminJson.Default.IReadOnlyListDeliveryInfo, cancellationToken);
                return letters.Any(l => sequence is null || l.Seq == sequence) ? WillDrop(parse) : throw new AdminException($"hook '{name}' has no such dead letter");
            }))
                return ExitCode.Failure;

            var query = parse.GetValue(AnySequence) is { } sequence ? $"?seq={sequence}" : "";
            var answer = await client.PostAsync(
                $"/deadletters/{Uri.EscapeDataString(parse.GetValue(Name)!)}/{verb}{query}", AdminJson.Default.CountResponse, cancellationToken);
            op.Print(parse, answer, AdminJson.Default.CountResponse, a =>
                Console.Out.WriteLine($"{a.Count} dead letter{(a.Count == 1 ? "" : "s")} {done}"));
            return ExitCode.Ok;
        },
        // Forgetting the number must not act on all of them.
        rule: parse => parse.GetValue(AnySequence) is null != parse.GetValue(All) ? $"say which: 'deadletters {verb} NAME SEQ', or 'deadletters {verb} NAME --all'" : null);
    }

    private static Argument<long?> Any(Argument<long?> argument)
    {
        argument.Arity = ArgumentArity.ZeroOrOne;
        return argument;
    }
}
