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
    /// <summary>The columns of lists of events.</summary>
    public static readonly Column<EventInfo>[] Columns =
    [
        new("SEQ", e => e.Seq),
        new("TIME", e => e.Time),
        new("TYPE", e => e.Type),
        new("FLEET", e => e.Fleet),
        new("ADDRESS", e => e.Ip),
        new("NAME", e => e.Hostname, MayBeCut: true),
        new("BY", e => e.Operator, MayBeCut: true),
    ];

    public static Command Create(Option<string> config)
    {
        var op = new ServerCommand(config);
        var follow = new Option<bool>("--follow", "-f") { Description = "Keep printing new events" };
        var count = Value.Option("-n", "Number of past events to print first, at most 10000", "N", Value.Number(0, 10_000));
        count.DefaultValueFactory = _ => 10;
        var tail = op.List("tail", "Prints the last events, one per line, and with --follow the new ones", [follow, count], async (client, parse, cancellationToken) =>
        {
            var found = await LastAsync(client, parse.GetValue(count), cancellationToken);
            Print(op, parse, found, isFirst: true);
            for (var at = found.Head; parse.GetValue(follow); at = Math.Max(at, found.Events.Count > 0 ? found.Events[^1].Seq : found.Head))
            {
                found = await client.GetAsync($"/events?after={at}", AdminJson.Default.EventsInfo, cancellationToken);
                Print(op, parse, found, isFirst: false);
            }

            return ExitCode.Ok;
        });
        var list = op.List("list", "Lists the last events as a table", [count], async (client, parse, cancellationToken) =>
        {
            var found = await LastAsync(client, parse.GetValue(count), cancellationToken);
            if (op.Format(parse) == ListFormat.Table)
                op.Printer(parse).Print(found.Events, Columns);
            else
                Print(op, parse, found, isFirst: true);

            return ExitCode.Ok;
        });
        return new Command("events", "Shows the event log") { list, tail };
    }

    private static Task<EventsInfo> LastAsync(AdminClient client, long? count, CancellationToken cancellationToken) =>
        client.GetAsync($"/events?last={count}", AdminJson.Default.EventsInfo, cancellationToken);

    private static void Print(ServerCommand op, ParseResult parse, EventsInfo found, bool isFirst)
    {
        var format = op.Format(parse);
        if (format is ListFormat.Wide or ListFormat.Csv && (isFirst || found.Events.Count > 0))
            op.Printer(parse).Print(found.Events, isFirst, Columns);

        foreach (var e in found.Events.Where(_ => format is ListFormat.Table or ListFormat.Json))
            Console.Out.WriteLine(format == ListFormat.Json ? e.Event.GetRawText() : Table.Plain($"{e.Seq} {op.FullTime(parse, e.Time)} {e.Type} {e.Fleet} {e.Ip} {e.Hostname}{(e.Operator is null ? "" : $" by {e.Operator}")}"));
    }
}
