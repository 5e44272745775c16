using System.CommandLine;
using System.Net.Http.Headers;
using System.Net.Mime;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Config.Rosters;
using WgFleet.Config.Yaml;
using WgFleet.Hosting;
using WgFleet.Http.Api;
using WgFleet.Http.Api.Rosters;

namespace WgFleet.Cli;

/// <summary><c>wg-fleet roster</c>: prints, replaces and deletes the list of the machines that are expected in a fleet.</summary>
internal static class RosterCommands
{
    private static readonly Argument<string> Fleet = new("FLEET") { Description = "The fleet" };
    private static readonly Argument<string> Source = new("FILE") { Description = "The CSV file; - for the input" };

    public static Command Create(Option<string> config)
    {
        var op = new ServerCommand(config);
        return new Command("roster", "Prints, replaces and deletes a fleet's roster, the list of the machines that are expected") { Get(op), Set(op), Clear(op) };
    }

    private static Command Get(ServerCommand op) => op.Command("get", "Prints a fleet's roster as CSV, as it was set", [Fleet], async (client, parse, cancellationToken) =>
    {
        var bytes = await client.GetFileAsync(PathOf(parse), cancellationToken);
        Console.Out.Write(System.Text.Encoding.UTF8.GetString(bytes));
        return ExitCode.Ok;
    }, hasJson: false);

    private static Command Set(ServerCommand op) => op.Command(
        "set", "Replaces a fleet's roster, for a fleet with roster: api; a terminal is asked if seats are removed or changed", [Fleet, Source, Confirmation.Yes],
        async (client, parse, cancellationToken) =>
    {
        var name = parse.GetValue(Source)!;
        var (roster, findings) = Read(name);
        if (roster is null)
        {
            foreach (var problem in findings.Errors)
                await Console.Error.WriteLineAsync(Table.Plain(problem.ToString()));

            return ExitCode.Failure;
        }

        // What is shown, and agreed to, is what is replaced: another operator may be at it.
        var planned = await SendAsync(client, $"{PathOf(parse)}?dry=true", roster.Text, null, cancellationToken);
        if (planned.Removed.Count + planned.Differing.Count > 0
            && !await Confirmation.GivenAsync(parse, () => Task.FromResult($"This changes the roster of fleet {planned.Fleet}: {planned.Text}{Names(planned)}")))
            return ExitCode.Failure;

        var done = await SendAsync(client, PathOf(parse), roster.Text, planned.Etag ?? "", cancellationToken);
        op.Print(parse, done, AdminJson.Default.RosterResponse, d => Console.Out.WriteLine(
            d.Changed ? $"the roster of fleet {d.Fleet} has {Quantity.Of(d.Seats, "seat")}: {d.Text}" : $"the roster of fleet {d.Fleet} is this one already"));
        return ExitCode.Ok;
    });

    private static Command Clear(ServerCommand op) =>
        op.Command("clear", "Deletes a fleet's roster, for a fleet with roster: api", [Fleet, Confirmation.Yes], async (client, parse, cancellationToken) =>
    {
        if (!await Confirmation.GivenAsync(parse, () => Task.FromResult($"This deletes the roster of fleet {parse.GetValue(Fleet)}: there is no roll call, and no machine is let in or named by it")))
            return ExitCode.Failure;

        var done = await client.DeleteAsync(PathOf(parse), AdminJson.Default.RosterResponse, cancellationToken);
        op.Print(parse, done, AdminJson.Default.RosterResponse, d => Console.Out.WriteLine(d.Changed ? $"the roster of fleet {d.Fleet} is deleted" : $"fleet {d.Fleet} has no roster"));
        return ExitCode.Ok;
    });

    // Mistakes are told with the name of the file, before anything is sent.
    private static (Config.Roster? Roster, Diagnostics Findings) Read(string name)
    {
        var findings = new Diagnostics(name);
        if (name != "-")
            return (RosterFile.Read(name, findings), findings);

        using var input = Console.OpenStandardInput();
        var bytes = new byte[(RosterFile.MostMebibytes << 20) + 1];
        var length = input.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length == bytes.Length)
            throw new AdminException($"the input is larger than {RosterFile.MostMebibytes} MiB, make it smaller");

        return (RosterFile.Read("input", bytes.AsMemory(0, length), findings), findings);
    }

    private static Task<RosterResponse> SendAsync(AdminClient client, string path, string text, string? etag, CancellationToken cancellationToken) =>
        client.PutFileAsync(path, new StringContent(text, new MediaTypeHeaderValue(MediaTypeNames.Text.Csv, "utf-8")), etag, AdminJson.Default.RosterResponse, cancellationToken);

    private static string Names(RosterResponse planned)
    {
        const int most = 10;
        List<string> names = [.. planned.Removed.Select(s => $"-{s}"), .. planned.Differing.Select(s => $"~{s}")];
        return $" ({string.Join(" ", names.Take(most))}{(names.Count > most ? $" and {names.Count - most:N0} more" : "")})";
    }

    private static string PathOf(ParseResult parse) => $"/fleets/{Uri.EscapeDataString(parse.GetValue(Fleet)!)}/roster";
}
