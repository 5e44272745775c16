using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace WgFleet.Cli;

/// <summary>What the commands that ask the running server have in common: where it is, how answers are printed, how errors end.</summary>
internal sealed class Operator(Option<string> config)
{
    /// <summary>Prints the answer as JSON, for programs.</summary>
    public Option<bool> Json { get; } = new("--json") { Description = "Print JSON" };

    /// <summary>A command that asks the server.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="description">What it does.</param>
    /// <param name="symbols">Its arguments and options, --json aside.</param>
    /// <param name="run">Does it, and returns the exit code.</param>
    /// <param name="failure">What it ends with where that fails.</param>
    public Command Command(
        string name, string description, IReadOnlyList<Symbol> symbols, Func<AdminClient, ParseResult, CancellationToken, Task<int>> run, int failure = ExitCode.Failure)
    {
        var command = new Command(name, description) { Json };
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
                command.Arguments.Add(argument);
            else
                command.Options.Add((Option)symbol);
        }

        command.SetAction(async (parse, cancellationToken) =>
        {
            using var client = new AdminClient(parse.GetValue(config)!);
            try
            {
                return await run(client, parse, cancellationToken);
            }
            catch (AdminException e)
            {
                await Console.Error.WriteLineAsync($"wg-fleet: {Table.Plain(e.Message)}");
                return failure;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return ExitCode.Interrupted;
            }
        });
        return command;
    }

    /// <summary>The configuration that was named.</summary>
    public string ConfigPath(ParseResult parse) => parse.GetValue(config)!;

    /// <summary>Prints an answer: as it came for programs, else as <paramref name="text"/> prints it.</summary>
    public void Print<T>(ParseResult parse, T answer, JsonTypeInfo<T> type, Action<T> text)
    {
        if (parse.GetValue(Json))
            Console.Out.WriteLine(JsonSerializer.Serialize(answer, type));
        else
            text(answer);
    }
}
