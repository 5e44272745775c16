using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Http.Api;

namespace WgFleet.Cli;

/// <summary><c>wg-fleet status</c>: what is wrong now, for people and, by its exit code, for monitoring.</summary>
internal static class StatusCommand
{
    /// <summary>The width of the column with the severity.</summary>
    private const int Indent = 11;

    public static Command Create(Option<string> config)
    {
        var op = new ServerCommand(config);
        return op.Command("status", "Says what is wrong now; ends with 0 if nothing is, with 1 if something is, with 3 if the server cannot be asked", [],
            async (client, parse, cancellationToken) =>
        {
            var answer = await AnswerLimit.AskAsync(c => client.GetAsync("/troubles", AdminJson.Default.TroublesResponse, c), cancellationToken);
            op.Print(parse, answer, AdminJson.Default.TroublesResponse, a => Print(a, at => op.FullTime(parse, at)));
            return answer.Troubles.Count == 0 ? ExitCode.Ok : ExitCode.Wrong;
        }, ExitCode.Unknown, hasTimes: true);
    }

    private static void Print(TroublesResponse answer, Func<DateTimeOffset, string> time)
    {
        if (answer.Troubles.Count == 0)
            Console.Out.WriteLine("nothing is wrong");

        foreach (var trouble in answer.Troubles)
        {
            List<string> lines = [.. Lines(trouble.Text)];
            if (trouble.Since is { } since)
                lines.Add($"since {time(since)}");

            lines.AddRange(Lines(trouble.Next + (trouble.Command is null ? "." : ":")));
            if (trouble.Command is { } command)
                lines.Add($"  {Table.Plain(command)}");

            foreach (var (index, line) in lines.Index())
                Console.Out.WriteLine((index == 0 ? trouble.Severity : "").PadRight(Indent) + line);
        }
    }

    private static IEnumerable<string> Lines(string text) => Wrap.Lines(Table.Plain(text), Wrap.Width - Indent);
}
