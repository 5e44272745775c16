using System.CommandLine;
using System.Globalization;
using WgFleet.Events;
using WgFleet.Hooks;
using WgFleet.Hooks.Admin;
using WgFleet.Http.Api;

namespace WgFleet.Cli;

/// <summary>The commands of <c>wg-fleet hooks</c> that make a hook work: run, diff, replay and test.</summary>
internal static class TrialCommands
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The hook" };

    public static IEnumerable<Command> Create(ServerCommand op) => [Run(op), Diff(op), Replay(op), Test(op)];

    private static Command Run(ServerCommand op) => op.Command("run", "Runs a projection now and waits for it", [Name], async (client, parse, cancellationToken) =>
    {
        var hooks = await client.PostAsync(Path(parse, "run"), AdminJson.Default.IReadOnlyListHookInfo, cancellationToken);
        op.Print(parse, hooks, AdminJson.Default.IReadOnlyListHookInfo, h => Console.Out.WriteLine($"{h[0].Name} is up to date"));
        return ExitCode.Ok;
    });

    private static Command Diff(ServerCommand op) => op.Command("diff", "Shows what a projection would change in its files, without changing them; exits like diff: 0 without differences, 1 with, 2 on failure", [Name], async (client, parse, cancellationToken) =>
    {
        var answer = await client.PostAsync(Path(parse, "diff"), AdminJson.Default.DiffResponse, cancellationToken);
        op.Print(parse, answer, AdminJson.Default.DiffResponse, a => Console.Out.Write(a.Diff));
        return answer.Changed ? ExitCode.Different : ExitCode.Ok;
    }, ExitCode.Trouble);

    private static Command Replay(ServerCommand op)
    {
        var from = Position("--from", "The first event: its number or id, a time such as 2026-11-22T08:00:00Z, or how long ago, such as 2h-ago", required: true);
        var to = Position("--to", "The last event, in the same form (default: the last one that the hook has had)", required: false);
        var type = EventType("--type", "Only events of this type");
        var dryRun = new Option<bool>("--dry-run") { Description = "Only count the events" };
        return op.Command("replay", "Delivers past events again, marked as replayed, with their original ids", [Name, from, to, type, dryRun], async (client, parse, cancellationToken) =>
        {
            var dry = parse.GetValue(dryRun);
            var query = string.Create(CultureInfo.InvariantCulture, $"?from={Uri.EscapeDataString(parse.GetValue(from)!)}&dry={(dry ? "true" : "false")}");
            if (parse.GetValue(to) is { } last)
                query += $"&to={Uri.EscapeDataString(last)}";
            if (parse.GetValue(type) is { } only)
                query += $"&type={only}";

            var answer = await client.PostAsync(Path(parse, "replay") + query, AdminJson.Default.CountResponse, cancellationToken);
            op.Print(parse, answer, AdminJson.Default.CountResponse, a => Console.Out.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{a.Count} event{(a.Count == 1 ? "" : "s")} {(dry ? "would be replayed" : "replayed")}")));
            return ExitCode.Ok;
        });
    }

    private static Command Test(ServerCommand op)
    {
        var type = EventType("--event", "The event's type (default: client.added if the hook gets it)");
        var fleet = new Option<string?>("--fleet") { Description = "The event's fleet (default: the first one that the hook follows)", HelpName = "FLEET" };
        var hostname = new Option<string?>("--hostname") { Description = "The machine's name (default: test)", HelpName = "NAME" };
        return op.Command("test", "Sends a made-up event to a hook and shows the request and the answer", [Name, type, fleet, hostname], async (client, parse, cancellationToken) =>
        {
            var said = new[] { ("type", parse.GetValue(type)), ("fleet", parse.GetValue(fleet)), ("hostname", parse.GetValue(hostname)) };
            var query = string.Join('&', said.Where(s => s.Item2 is not null).Select(s => $"{s.Item1}={Uri.EscapeDataString(s.Item2!)}"));
            var answer = await client.PostAsync($"{Path(parse, "test")}?{query}", AdminJson.Default.HookTestInfo, cancellationToken);
            op.Print(parse, answer, AdminJson.Default.HookTestInfo, Print);
            return answer.Delivered ? ExitCode.Ok : ExitCode.Failure;
        });
    }

    private static void Print(HookTestInfo test)
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

    private static Option<string?> Position(string name, string description, bool required)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "PLACE", Required = required };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && EventPosition.Parse(text) is null)
                result.AddError($"{name} '{text}' is not a position in the event log; {EventPosition.Use}");
        });
        return option;
    }

    private static Option<string?> EventType(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "TYPE" };
        option.CompletionSources.Add([.. EventTypes.All]);
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } type && !EventTypes.All.Contains(type))
                result.AddError($"{name} '{type}' is no event; use {string.Join(", ", EventTypes.All)}");
        });
        return option;
    }

    private static string Path(ParseResult parse, string verb) => $"/hooks/{Uri.EscapeDataString(parse.GetValue(Name)!)}/{verb}";
}
