using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Http.Api;

namespace WgFleet.Cli;

/// <summary><c>wg-fleet fleets freeze</c> and <c>thaw</c>.</summary>
internal static class FreezeCommands
{
    private static readonly Argument<string> Fleet = new("FLEET") { Description = "The fleet" };

    public static IEnumerable<Command> Create(ServerCommand op)
    {
        yield return Act(op, "freeze", "Freezes a fleet: no client is pruned and no name changes until it is thawed, also after a restart",
            "freezing it again changes nothing");
        yield return Act(op, "thaw", "Thaws a fleet: the next prune removes its stale clients", "thawing it changes nothing");
    }

    private static Command Act(ServerCommand op, string verb, string description, string otherwise) =>
        op.Command(verb, description, [Fleet], async (client, parse, cancellationToken) =>
    {
        var answer = await client.PostAsync($"/fleets/{Uri.EscapeDataString(parse.GetValue(Fleet)!)}/{verb}", AdminJson.Default.FreezeResponse,
            cancellationToken);
        op.Print(parse, answer, AdminJson.Default.FreezeResponse, a => Console.Out.WriteLine(
            (a.Frozen is { } frozen ? $"{a.Fleet} is frozen since {op.FullTime(parse, frozen.Since)}, by {frozen.By}" : $"{a.Fleet} is not frozen")
            + (a.Changed ? "" : $"; {otherwise}")));
        return ExitCode.Ok;
    }, hasTimes: true);
}
