using System.CommandLine;
using System.CommandLine.Parsing;
using WgFleet.Cli.Output;
using WgFleet.Config.Yaml;

namespace WgFleet.Cli.Arguments;

/// <summary>What is wrong with a command line, in one line.</summary>
internal static class WrongLine
{
    /// <summary>The first fault; null if there is none.</summary>
    public static string? Of(ParseResult result)
    {
        // The library's own messages do not say which argument is missing, and some are of several lines.
        var fault = result.UnmatchedTokens is [var unknown, ..] ? Unknown(unknown, result) : result.Errors is [var error, ..] ? Message(error) : null;
        var isRun = result.Action is not null && result.Action == result.CommandResult.Command.Action;
        fault ??= isRun ? Empty(result.CommandResult) ?? (result.CommandResult.Command as CheckedCommand)?.Rule(result) : null;
        return fault is null ? null : Table.Plain(fault);
    }

    private static string Unknown(string word, ParseResult result)
    {
        var dashes = word.StartsWith("--", StringComparison.Ordinal) ? "--" : "";
        var meant = Suggestion.For(word[dashes.Length..], Words(result, dashes));
        return $"unknown command, option or argument '{word}'{(meant is null ? "" : $", did you mean '{dashes}{meant}'?")}";
    }

    private static string Message(ParseError error) => error.SymbolResult switch
    {
        ArgumentResult { Tokens.Count: 0, Parent: OptionResult of } => $"{of.Option.Name} needs a value",
        ArgumentResult { Tokens.Count: > 1, Parent: OptionResult of } when of.Option.Arity.MaximumNumberOfValues == 1 => $"{of.Option.Name} can be given only once",
        OptionResult { Tokens.Count: 0 } of => of.IdentifierTokenCount > 0 ? $"{of.Option.Name} needs a value" : $"{of.Option.Name} is missing",
        OptionResult { Tokens.Count: > 1 } of when of.Option.Arity.MaximumNumberOfValues == 1 => $"{of.Option.Name} can be given only once",
        ArgumentResult { Tokens.Count: 0 } missing => $"{missing.Argument.Name} is missing",
        CommandResult { Command: { Action: null } group } => $"a command is missing; use {string.Join(", ", group.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}",
        _ => error.Message,
    };

    /// <summary>An empty value is a variable of a script that was not set, and never what is meant; only texts may be empty.</summary>
    private static string? Empty(CommandResult result)
    {
        for (SymbolResult? at = result; at is CommandResult command; at = at.Parent)
        {
            foreach (var child in command.Children)
            {
                var (name, isText) = child switch
                {
                    OptionResult o => (o.Option.Name, o.Option.HelpName == "TEXT"),
                    ArgumentResult a => (a.Argument.Name, false),
                    _ => ("", true),
                };
                if (!isText && child.Tokens.Any(t => t.Value.Length == 0))
                    return $"{name} is empty";
            }
        }

        return null;
    }

    /// <summary>The commands, or without their dashes the options, that may be meant.</summary>
    private static List<string> Words(ParseResult result, string dashes)
    {
        var command = result.CommandResult.Command;
        return dashes.Length == 0
            ? [.. command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name)]
            : [.. command.Options.Concat(result.RootCommandResult.Command.Options.Where(o => o.Recursive)).Where(o => !o.Hidden && o.Name.StartsWith(dashes, StringComparison.Ordinal))
                .Select(o => o.Name[dashes.Length..])];
    }
}
