using System.CommandLine;
using System.CommandLine.Completions;

namespace WgFleet.Cli.Packaging;

/// <summary>What a shell may offer at one place of the command line, read from the command tree.</summary>
/// <param name="Path">The commands so far, each with a space before it; empty for wg-fleet itself.</param>
/// <param name="Commands">The commands below.</param>
/// <param name="Values">The values of arguments that have few.</param>
/// <param name="Options">The options that are allowed here.</param>
internal sealed record CompletionWords(
    string Path, IReadOnlyList<Command> Commands, IReadOnlyList<string> Values, IReadOnlyList<Option> Options)
{
    /// <summary>All places, those of wg-fleet itself first.</summary>
    public static IReadOnlyList<CompletionWords> Of(RootCommand root)
    {
        var inherited = root.Options.Where(o => o.Recursive && !o.Hidden).ToList();
        return [.. Below(root, "")];

        IEnumerable<CompletionWords> Below(Command command, string path)
        {
            var commands = command.Subcommands.Where(c => !c.Hidden).ToList();
            var options = command.Options.Where(o => !o.Hidden).Concat(inherited).DistinctBy(o => o.Name).ToList();
            var values = command.Arguments.Where(a => !a.Hidden).SelectMany(a => Labels(a.GetCompletions(CompletionContext.Empty))).ToList();
            return commands.SelectMany(c => Below(c, $"{path} {c.Name}")).Prepend(new(path, commands, values, options));
        }
    }

    /// <summary>The values of an option that has few; empty for all others.</summary>
    public static IReadOnlyList<string> ValuesOf(Option option) =>
        option.ValueType == typeof(bool) ? [] : [.. Labels(option.GetCompletions(CompletionContext.Empty))];

    /// <summary>Whether the option's value is a file.</summary>
    public static bool IsFile(Option option) => option.HelpName is "FILE";

    /// <summary>Whether the option is followed by a value.</summary>
    public static bool TakesValue(Option option) => option.ValueType != typeof(bool) && option.HelpName is not null;

    private static IEnumerable<string> Labels(IEnumerable<CompletionItem> items) => items.Select(i => i.Label);
}
