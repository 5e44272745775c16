using System.CommandLine;
using WgFleet.Cli.Arguments;
using WgFleet.Events;
using WgFleet.Hooks;

namespace WgFleet.Cli.HookCommands;

/// <summary>Arguments and options of the commands that act on one hook.</summary>
internal static class HookArguments
{
    /// <summary>The hook's name.</summary>
    public static readonly Argument<string> Name = new("NAME") { Description = "The hook" };

    /// <summary>The API's path for an action on the hook.</summary>
    public static string Path(ParseResult parse, string verb) => $"/hooks/{Uri.EscapeDataString(parse.GetValue(Name)!)}/{verb}";

    /// <summary>An option for a position in the event log.</summary>
    public static Option<string?> Position(string name, string description, bool required)
    {
        var option = Value.Option<string?>(name, description, "PLACE", (string text, out string? place) =>
        {
            place = text;
            return EventPosition.Parse(text) is null ? $"is not a position in the event log; {EventPosition.Use}" : null;
        });
        option.Required = required;
        return option;
    }

    /// <summary>An option for a type of events.</summary>
    public static Option<string?> EventType(string name, string description)
    {
        var option = Value.Option<string?>(name, description, "TYPE", (string text, out string? type) =>
        {
            type = text;
            return EventTypes.All.Contains(text) ? null : $"is not a type of event; use {string.Join(", ", EventTypes.All)}";
        });
        option.CompletionSources.Add([.. EventTypes.All]);
        return option;
    }
}
