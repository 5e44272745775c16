using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Http.Api;

namespace WgFleet.Cli.HookCommands;

/// <summary><c>wg-fleet hooks replay</c>.</summary>
internal static class HookReplayCommand
{
    public static Command Create(ServerCommand op)
    {
        var from = HookArguments.Position("--from", "The first event: its number or id, a time such as 2026-11-22T08:00:00Z, or how long ago, such as 2h-ago",
            required: true);
        var to = HookArguments.Position("--to", "The last event, in the same form (default: the last one that the hook has had)", required: false);
        var type = HookArguments.EventType("--type", "Only events of this type");
        var dryRun = new Option<bool>("--dry-run") { Description = "Only count the events" };
        return op.Command("replay", "Delivers past events again, marked as replayed, with their original ids", [HookArguments.Name, from, to, type, dryRun],
            async (client, parse, cancellationToken) =>
        {
            var dry = parse.GetValue(dryRun);
            var query = $"?from={Uri.EscapeDataString(parse.GetValue(from)!)}&dry={(dry ? "true" : "false")}";
            if (parse.GetValue(to) is { } last)
                query += $"&to={Uri.EscapeDataString(last)}";
            if (parse.GetValue(type) is { } only)
                query += $"&type={only}";

            var answer = await client.PostAsync(HookArguments.Path(parse, "replay") + query, AdminJson.Default.CountResponse, cancellationToken);
            op.Print(parse, answer, AdminJson.Default.CountResponse, a => Console.Out.WriteLine(
                $"{a.Count} event{(a.Count == 1 ? "" : "s")} {(dry ? "would be replayed" : "replayed")}"));
            return ExitCode.Ok;
        });
    }
}
