using System.CommandLine;
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
        var option = new Option<string?>(name) { Description = description, HelpName = "PLACE", Required = required };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && EventPosition.Parse(text) is null)
                result.AddError($"{name} '{text}' is not a position in the event log; {EventPosition.Use}");
        });
        return option;
    }

    /// <summary>An option for a type of events.</summary>
    public static Option<string?> EventType(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "TYPE" };
        option.CompletionSources.Add([.. EventTypes.All]);
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } type && !EventTypes.All.Contains(type))
                result.AddError($"{name} '{type}' is not a type of event; use {string.Join(", ", EventTypes.All)}");
        });
        return option;
    }
}
