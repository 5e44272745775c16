using System.CommandLine;

namespace WgFleet.Cli.Arguments;

/// <summary>
/// A command with a rule about its values together, such as options that exclude each other. The rule is asked after each value by itself was found to be
/// right: the library's own validators run before that, and then a value that cannot be read throws.
/// </summary>
/// <param name="name">The command's name.</param>
/// <param name="description">Its help.</param>
/// <param name="rule">Says in one line what is wrong; null if nothing is.</param>
internal sealed class CheckedCommand(string name, string description, Func<ParseResult, string?> rule) : Command(name, description)
{
    public Func<ParseResult, string?> Rule => rule;
}
