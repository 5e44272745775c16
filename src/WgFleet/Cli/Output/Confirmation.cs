using System.CommandLine;

namespace WgFleet.Cli.Output;

/// <summary>
/// Asks on a terminal before a command destroys something. Scripts are not asked: with <c>--yes</c>, or if the input or the errors are not a terminal,
/// the command goes on.
/// </summary>
internal static class Confirmation
{
    /// <summary>The option of all commands that ask.</summary>
    public static Option<bool> Yes { get; } = new("--yes") { Description = "Do not ask on a terminal" };

    /// <summary>Whether somebody is there who can be asked. The question goes to the errors, so that the output can be redirected.</summary>
    public static bool OnTerminal => !Console.IsInputRedirected && !Console.IsErrorRedirected;

    /// <summary>Says what the command will do, and asks; returns whether it may. Without somebody to ask, it may. Blocks until there is an answer.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="what">The sentence that says what the command will do; made only if it is shown.</param>
    public static async Task<bool> GivenAsync(ParseResult parse, Func<Task<string>> what) =>
        parse.GetValue(Yes) || !OnTerminal || Ask(await what());

    /// <summary>Says something, and asks whether to go on; the end of the input is a no. Blocks until there is an answer.</summary>
    public static bool Ask(string what)
    {
        Console.Error.WriteLine(Table.Plain(what));
        Console.Error.Write("Go on? [y/N] ");
        if (Console.In.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES")
            return true;

        Console.Error.WriteLine("wg-fleet: nothing was changed");
        return false;
    }
}
