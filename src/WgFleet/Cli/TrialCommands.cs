using System.CommandLine;
using System.Globalization;
using WgFleet.Hooks;
using WgFleet.Http;

namespace WgFleet.Cli;

/// <summary>The commands of <c>wg-fleet hooks</c> that make a hook work: run, diff, replay and test.</summary>
internal static class TrialCommands
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The hook" };

    public static IEnumerable<Command> Create(Operator op) => [Run(op), Diff(op), Replay(op), Test(op)];

    private static Command Run(Operator op) => op.Command("run", "Runs a projection now and waits for it", [Name], async (client, parse, cancellationToken) =>
    {
        var hooks = await client.PostAsync(Path(parse, "run"), AdminJson.Default.IReadOnlyListHookFacts, cancellationToken);
        op.Print(parse, hooks, AdminJson.Default.IReadOnlyListHookFacts, h => Console.Out.WriteLine($"{h[0].Name} is up to date"));
        return ExitCode.Ok;
    });

    private static Command Diff(Operator op) => op.Command("diff", "Shows what a projection would change in its files, and changes nothing", [Name], async (client, parse, cancellationToken) =>
    {
        var answer = await client.PostAsync(Path(parse, "diff"), AdminJson.Default.DiffAnswer, cancellationToken);
        op.Print(parse, answer, AdminJson.Default.DiffAnswer, a => Console.Out.Write(a.Diff));
        return ExitCode.Ok;
    });

    private static Command Replay(Operator op)
    {
        var from = new Option<long>("--from") { Description = "The first event's number", HelpName = "SEQ", Required = true };
        var to = new Option<long?>("--to") { Description = "The last event's number; the last that the hook has had otherwise", HelpName = "SEQ" };
        var type = EventType("--type", "Only events of this type");
        var dryRun = new Option<bool>("--dry-run") { Description = "Only count them" };
        return op.Command("replay", "Delivers past events again, marked as replayed and with the ids they had", [Name, from, to, type, dryRun], async (client, parse, cancellationToken) =>
        {
            var dry = parse.GetValue(dryRun);
            var query = string.Create(CultureInfo.InvariantCulture, $"?from={parse.GetValue(from)}&dry={(dry ? "true" : "false")}");
            if (parse.GetValue(to) is { } last)
                query += string.Create(CultureInfo.InvariantCulture, $"&to={last}");
            if (parse.GetValue(type) is { } only)
                query += $"&type={only}";

            var answer = await client.PostAsync(Path(parse, "replay") + query, AdminJson.Default.CountAnswer, cancellationToken);
            op.Print(parse, answer, AdminJson.Default.CountAnswer, a => Console.Out.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{a.Count} event{(a.Count == 1 ? "" : "s")} {(dry ? "would be replayed" : "replayed")}")));
            return ExitCode.Ok;
        });
    }

    private static Command Test(Operator op)
    {
        var type = EventType("--event", "The event's type; client.added if the hook gets that");
        return op.Command("test", "Gives a hook a made-up event and shows what it was given and answered", [Name, type], async (client, parse, cancellationToken) =>
        {
            var query = parse.GetValue(type) is { } named ? $"?type={named}" : "";
            var answer = await client.PostAsync(Path(parse, "test") + query, AdminJson.Default.TestFacts, cancellationToken);
            op.Print(parse, answer, AdminJson.Default.TestFacts, Print);
            return answer.Delivered ? ExitCode.Ok : ExitCode.Failure;
        });
    }

    private static void Print(TestFacts test)
    {
        foreach (var line in test.Given)
            Console.Out.WriteLine($"> {Table.Plain(line)}");

        Console.Out.WriteLine($"> {Table.Plain(test.Body)}");
        if (test.Response is { Length: > 0 } response)
            Console.Out.WriteLine($"< {Table.PlainLines(response.TrimEnd('\n')).Replace("\n", "\n< ", StringComparison.Ordinal)}");

        var code = test.Code is null ? "" : $", {test.Code}";
        var error = test.Error is null ? "" : $": {test.Error}";
        Console.Out.WriteLine(Table.Plain(string.Create(
            CultureInfo.InvariantCulture, $"{(test.Delivered ? "delivered" : "not delivered")}{code}, {test.TookMs} ms{error}")));
    }

    private static Option<string?> EventType(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "TYPE" };
        option.AcceptOnlyFromAmong([.. EventTypes.All]);
        return option;
    }

    private static string Path(ParseResult parse, string verb) => $"/hooks/{Uri.EscapeDataString(parse.GetValue(Name)!)}/{verb}";
}
