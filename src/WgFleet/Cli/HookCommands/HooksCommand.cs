using System.CommandLine;
using System.Globalization;
using WgFleet.Cli.Arguments;
using WgFleet.Cli.Checking;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Config;
using WgFleet.Hooks;
using WgFleet.Hooks.Discovery;
using WgFleet.Http.Api;

namespace WgFleet.Cli.HookCommands;

/// <summary><c>wg-fleet hooks</c>: lists, shows and controls hooks.</summary>
internal static class HooksCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The hook" };

    public static Command Create(Option<string> config)
    {
        var op = new ServerCommand(config);
        var hooks = new Command("hooks", "Shows and controls hooks")
        {
            List(op), Show(op), CheckCommand.ForHooks(config), Pause(op), Resume(op), Forget(op), Wait(op), DeadLettersCommand.Create(op),
        };
        foreach (var command in new[] { HookRunCommand.Create(op), HookDiffCommand.Create(op), HookReplayCommand.Create(op), HookTestCommand.Create(op) })
            hooks.Subcommands.Add(command);

        hooks.Subcommands.Add(NewCommand.Create());

        return hooks;
    }

    private static Command List(ServerCommand op)
    {
        var why = new Option<bool>("--why") { Description = "Also print why a hook is not ok" };
        var all = new Option<bool>("--all") { Description = "Also list hooks that are no longer configured and have left events in the database" };
        return op.List("list", "Lists hooks in the order in which they run, with their status", [why, all], async (client, parse, cancellationToken) =>
        {
            try
            {
                var hooks = await client.GetAsync(
                    parse.GetValue(all) ? "/hooks?all=true" : "/hooks", AdminJson.Default.IReadOnlyListHookInfo, cancellationToken);
                op.PrintList(parse, hooks, AdminJson.Default.IReadOnlyListHookInfo, hooks, HookColumns.Running);
                if (parse.GetValue(why) && op.Format(parse) is ListFormat.Table or ListFormat.Wide)
                    HooksText.PrintReasons(hooks);

                return ExitCode.Ok;
            }
            catch (AdminException e) when (e.NoServer)
            {
                if (!CheckCommand.TryLoad(op.ConfigPath(parse), out var loaded))
                    return ExitCode.Config;

                await Console.Error.WriteLineAsync($"wg-fleet: {e.Message}; these are the configured hooks:");
                IReadOnlyList<HookInfo> hooks = [.. HookDiscovery.Of(loaded).Listed().Select(HookInfo.Of)];
                op.PrintList(parse, hooks, AdminJson.Default.IReadOnlyListHookInfo, hooks, HookColumns.Configured);
                return ExitCode.Ok;
            }
        });
    }

    private static Command Show(ServerCommand op) =>
        op.Command("show", "Shows one hook and its latest deliveries", [Name], async (client, parse, cancellationToken) =>
    {
        var details = await client.GetAsync(Path(parse), AdminJson.Default.HookDetails, cancellationToken);
        op.Print(parse, details, AdminJson.Default.HookDetails, d => HooksText.Print(d, op.Printer(parse), at => op.FullTime(parse, at)));
        return ExitCode.Ok;
    }, hasTimes: true);

    private static Command Pause(ServerCommand op)
    {
        var reason = new Option<string?>("--reason") { Description = "The reason, for other operators", HelpName = "TEXT" };
        return op.Command("pause", "Pauses a hook: its events wait until it is resumed, also after a restart", [Name, reason],
            async (client, parse, cancellationToken) =>
        {
            var hooks = await client.PostAsync(
                $"{Path(parse)}/pause?reason={Uri.EscapeDataString(parse.GetValue(reason) ?? "")}", AdminJson.Default.IReadOnlyListHookInfo, cancellationToken);
            op.Print(parse, hooks, AdminJson.Default.IReadOnlyListHookInfo, h => Console.Out.WriteLine($"{h[0].Name} is paused"));
            return ExitCode.Ok;
        });
    }

    private static Command Resume(ServerCommand op) => op.Command("resume", "Resumes a paused hook", [Name], async (client, parse, cancellationToken) =>
    {
        var hooks = await client.PostAsync($"{Path(parse)}/resume", AdminJson.Default.IReadOnlyListHookInfo, cancellationToken);
        op.Print(parse, hooks, AdminJson.Default.IReadOnlyListHookInfo, h => Console.Out.WriteLine(
            $"{h[0].Name} is resumed; {h[0].Waiting} {(h[0].Waiting == 1 ? "event waits" : "events wait")} for it"));
        return ExitCode.Ok;
    });

    private static Command Forget(ServerCommand op) =>
        op.Command("forget", "Deletes what a hook that is no longer configured has left in the database", [Name, Confirmation.Yes],
        async (client, parse, cancellationToken) =>
    {
        if (!await Confirmation.GivenAsync(parse, async () =>
        {
            var hooks = await client.GetAsync("/hooks?all=true", AdminJson.Default.IReadOnlyListHookInfo, cancellationToken);
            return hooks.Any(h => h.Name == parse.GetValue(Name))
                ? $"This deletes the place in the event log, the deliveries and the dead letters of hook {parse.GetValue(Name)}."
                : throw new AdminException($"there is no hook '{parse.GetValue(Name)}'");
        }))
            return ExitCode.Failure;

        var answer = await client.PostAsync($"{Path(parse)}/forget", AdminJson.Default.CountResponse, cancellationToken);
        op.Print(parse, answer, AdminJson.Default.CountResponse, a =>
            Console.Out.WriteLine($"{parse.GetValue(Name)} is forgotten, with {a.Count} deliver{(a.Count == 1 ? "y" : "ies")}"));
        return ExitCode.Ok;
    });

    private static Command Wait(ServerCommand op)
    {
        var sequence = Value.Option("--seq", "The event's number", "N", Value.Number(0));
        sequence.Required = true;
        var hook = new Option<string?>("--hook") { Description = "Only this hook (default: all active hooks)", HelpName = "NAME" };
        var timeout = Value.Option("--timeout", "Maximum time to wait, such as 500ms, 5s or 1m (default: 5s)", "TIME", Value.Duration(TimeSpan.Zero, "500ms, 5s or 1m"));
        return op.Command("wait", "Waits until hooks have handled an event; exits with 1 if they do not in time", [sequence, hook, timeout],
            async (client, parse, cancellationToken) =>
        {
            var limit = parse.GetValue(timeout) ?? TimeSpan.FromSeconds(5);
            var query = string.Create(CultureInfo.InvariantCulture, $"/wait?seq={parse.GetValue(sequence)}&timeout={limit.TotalSeconds}");
            if (parse.GetValue(hook) is { } name)
                query += $"&hook={Uri.EscapeDataString(name)}";

            var answer = await client.GetAsync(query, AdminJson.Default.WaitResponse, cancellationToken);
            op.Print(parse, answer, AdminJson.Default.WaitResponse, a =>
            {
                if (!a.Reached)
                    Console.Error.WriteLine($"wg-fleet: not caught up after {Duration.ToText(limit)}: {string.Join(", ", a.Behind)}");
            });
            return answer.Reached ? ExitCode.Ok : ExitCode.Failure;
        });
    }

    private static string Path(ParseResult parse) => $"/hooks/{Uri.EscapeDataString(parse.GetValue(Name)!)}";
}
