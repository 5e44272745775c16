using System.CommandLine;
using WgFleet.Cli.Arguments;
using WgFleet.Cli.Remote;
using WgFleet.Http.Api;
using WgFleet.Queries;

namespace WgFleet.Cli.ClientCommands;

/// <summary>The options that choose clients, of the list and of the commands that change many clients.</summary>
internal static class ClientChoice
{
    private static readonly Option<string?> Search = new("--search") { Description = "Only clients with this text in their name, full name, address, source, tags or facts, or with this key", HelpName = "TEXT" };
    private static readonly Option<string?> State = Value.Option("--state", "Only clients in this state; never is one that was never heard of in its tunnel", ClientStates.Names);
    private static readonly Option<bool> Pinned = new("--pinned") { Description = "Only clients that are pinned" };
    private static readonly Option<bool> Unnamed = new("--unnamed") { Description = "Only clients without a name" };
    private static readonly Option<string?> Tag = Value.Option<string?>("--tag", "Only clients with this tag", "KEY=VALUE", (string text, out string? value) =>
    {
        value = text;
        return text.IndexOf('=', StringComparison.Ordinal) > 0 ? null : "is not KEY=VALUE";
    });

    public static IReadOnlyList<Option> Options { get; } = [Search, State, Pinned, Unnamed, Tag];

    /// <summary>Whether the command line has one of the options.</summary>
    public static bool IsMade(ParseResult parse) => Options.Any(o => parse.GetResult(o) is { Implicit: false });

    /// <summary>Whether the command line has the option for the state.</summary>
    public static bool HasState(ParseResult parse) => parse.GetValue(State) is not null;

    /// <summary>The choice as parameters of a query, each behind an ampersand.</summary>
    public static string Query(ParseResult parse, string? fleet)
    {
        (string Name, string? Value)[] parameters =
        [
            ("fleet", fleet), ("q", parse.GetValue(Search)), ("state", parse.GetValue(State)), ("pinned", parse.GetValue(Pinned) ? "true" : null),
            ("unnamed", parse.GetValue(Unnamed) ? "true" : null), ("tag", parse.GetValue(Tag)),
        ];
        return string.Concat(parameters.Where(p => p.Value is not null).Select(p => $"&{p.Name}={Uri.EscapeDataString(p.Value!)}"));
    }
}
