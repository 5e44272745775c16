using System.CommandLine;
using WgFleet.Cli.Arguments;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Hooks.Admin;
using WgFleet.Hosting;
using WgFleet.Http.Api;

namespace WgFleet.Cli;

/// <summary><c>wg-fleet events</c>: prints the event log and follows it.</summary>
internal static class EventsCommand
{
    public static Command Create(Option<string> config)
    {
        var op = new ServerCommand(config);
        var follow = new Option<bool>("--follow", "-f") { Description = "Keep printing new events" };
        var count = Value.Option("-n", "Number of past events to print first, at most 10000", "N", Value.Number(0, 10_000));
        count.DefaultValueFactory = _ => 10;
        var tail = op.Command("tail", "Prints the last events, one per line", [follow, count], async (client, parse, cancellationToken) =>
        {
            var json = parse.GetValue(op.Json);
            var found = await client.GetAsync(
                $"/events?last={parse.GetValue(count)}", AdminJson.Default.EventsInfo, cancellationToken);
            Print(found, json);
            for (var at = found.Head; parse.GetValue(follow); at = Math.Max(at, found.Events.Count > 0 ? found.Events[^1].Seq : found.Head))
            {
                found = await client.GetAsync($"/events?after={at}", AdminJson.Default.EventsInfo, cancellationToken);
                Print(found, json);
            }

            return ExitCode.Ok;
        });
        return new Command("events", "Shows the event log") { tail };
    }

    private static void Print(EventsInfo found, bool json)
    {
        foreach (var e in found.Events)
        {
            Console.Out.WriteLine(json ? e.Event.GetRawText() : Table.Plain($"{e.Seq} {Utc.Text(e.Time)} {e.Type} {e.Fleet} {e.Ip} {e.Hostname}"));
        }
    }
}
