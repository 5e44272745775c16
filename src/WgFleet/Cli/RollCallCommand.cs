using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Http.Api;

namespace WgFleet.Cli;

/// <summary><c>wg-fleet rollcall</c>: which of the machines that a fleet's roster expects are there.</summary>
internal static class RollCallCommand
{
    public static Command Create(Option<string> config)
    {
        var op = new ServerCommand(config);
        var fleet = new Argument<string>("FLEET") { Description = "The fleet" };
        var all = new Option<bool>("--all") { Description = "List all seats, not only those where something is wrong" };
        return op.Command(
            "rollcall", "Says which machines of a fleet's roster are present, missing, double, on the wrong seat or on an old image, and which are unknown; ends with 0 if all is as expected, with 1 if "
            + "not, with 3 if the server cannot be asked", [fleet, all],
            async (client, parse, cancellationToken) =>
        {
            var path = $"/fleets/{Uri.EscapeDataString(parse.GetValue(fleet)!)}/rollcall";
            var answer = await AnswerLimit.AskAsync(c => client.GetAsync(path, AdminJson.Default.RollCallInfo, c), cancellationToken);
            op.Print(parse, answer, AdminJson.Default.RollCallInfo, a => Print(a, parse.GetValue(all), op.FullTime(parse, a.Time)));
            return answer.AsExpected ? ExitCode.Ok : ExitCode.Wrong;
        }, ExitCode.Unknown, hasTimes: true);
    }

    private static void Print(RollCallInfo call, bool all, string time)
    {
        Console.Out.WriteLine(Table.Plain(Summary(call, time)));
        List<string[]> rows =
        [
            .. call.Seats.Where(s => all || s.State != "present").Select(s => new[] { s.Seat, s.State.Replace('_', ' '), s.Text }),
            .. call.Unknown.Select(c => new[] { "-", "unknown", c.Hostname is null ? c.Address : $"{c.Hostname}, at {c.Address}" }),
        ];
        if (rows.Count > 0)
            Table.Print([["SEAT", "STATE", "MACHINE"], .. rows]);
    }

    private static string Summary(RollCallInfo call, string time)
    {
        List<string> parts = [$"{call.Present} of {call.Seats.Count} {(call.Seats.Count == 1 ? "seat" : "seats")} present"];
        if (call.Missing > 0)
            parts.Add($"{call.Missing} missing");
        if (call.Double > 0)
            parts.Add($"{call.Double} double");
        if (call.WrongSeat > 0)
            parts.Add($"{call.WrongSeat} on the wrong seat");
        if (call.OldImage > 0)
            parts.Add($"{call.OldImage} on an old image");
        if (call.Unknown.Count > 0)
            parts.Add($"{call.Unknown.Count} unknown");

        return $"{call.Fleet}, {time}: {string.Join(", ", parts)}{(call.AsExpected ? "; all is as expected" : "")}";
    }
}
