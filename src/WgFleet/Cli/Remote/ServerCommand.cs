using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WgFleet.Cli.Arguments;
using WgFleet.Cli.Output;
using WgFleet.Config.Reading;

namespace WgFleet.Cli.Remote;

/// <summary>Shared by the commands that ask the running server: its address, printing of answers, and errors.</summary>
internal sealed class ServerCommand(Option<string> config)
{
    /// <summary>Whether to print the answer as JSON.</summary>
    public Option<bool> Json { get; } = new("--json") { Description = "Print JSON" };

    private readonly Option<string?> _output = Value.Option(["--output", "-o"], "How to print the list (default: table)", [.. Enum.GetNames<ListFormat>().Select(f => f.ToLowerInvariant())]);

    private readonly Option<bool> _utc = new("--utc") { Description = "Print times in UTC, not in this machine's time zone" };

    private readonly ServerAddress _address = new(config);

    /// <summary>Creates a command that asks the server for a list, which <see cref="PrintList"/> prints. The parameters are those of <see cref="Command"/>.</summary>
    public Command List(string name, string description, IReadOnlyList<Symbol> symbols, Func<AdminClient, ParseResult, CancellationToken, Task<int>> run,
        Func<ParseResult, string?>? rule = null) =>
        Command(name, description, [.. symbols, _output], run, hasTimes: true, rule: parse =>
            parse.GetValue(Json) && parse.GetValue(_output) is not (null or "json") ? $"use either --json or --output {parse.GetValue(_output)}" : rule?.Invoke(parse));

    /// <summary>Creates a command that asks the server.</summary>
    /// <param name="name">The command's name.</param>
    /// <param name="description">Its help.</param>
    /// <param name="symbols">Its arguments and options besides --json.</param>
    /// <param name="run">Runs the command and returns the exit code.</param>
    /// <param name="failure">The exit code if it throws <see cref="AdminException"/>.</param>
    /// <param name="rule">Says in one line what is wrong with the values together; null if nothing is.</param>
    /// <param name="hasJson">Whether it can print its answer as JSON.</param>
    /// <param name="hasTimes">Whether it prints times, by <see cref="FullTime"/>.</param>
    public Command Command(
        string name, string description, IReadOnlyList<Symbol> symbols, Func<AdminClient, ParseResult, CancellationToken, Task<int>> run,
            int failure = ExitCode.Failure, Func<ParseResult, string?>? rule = null, bool hasJson = true, bool hasTimes = false)
    {
        var command = new CheckedCommand(name, description, rule ?? (_ => null));
        if (hasJson)
            command.Options.Add(Json);

        if (hasTimes)
            command.Options.Add(_utc);

        foreach (var option in _address.Options)
            command.Options.Add(option);

        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
                command.Arguments.Add(argument);
            else
                command.Options.Add((Option)symbol);
        }

        command.SetAction(async (parse, cancellationToken) =>
        {
            try
            {
                using var client = Client(parse);
                return client is null ? ExitCode.Config : await run(client, parse, cancellationToken);
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

    /// <summary>
    /// A client for the server. Null if a configuration was named that cannot be read, which is told: the default socket is that of another server.
    /// </summary>
    private AdminClient? Client(ParseResult parse)
    {
        if (_address.RemoteClient(parse) is { } remote)
            return remote;

        var read = ConfigFile.Load(ConfigPath(parse));
        if (read.AdminSocket is not null || parse.GetResult(config) is not { Implicit: false })
            return new AdminClient(read.AdminSocket ?? AdminClient.DefaultSocket);

        foreach (var problem in read.Problems)
            Console.Error.WriteLine(Table.Plain(problem.ToString()));

        return null;
    }

    /// <summary>The path of the configuration file.</summary>
    public string ConfigPath(ParseResult parse) => parse.GetValue(config)!;

    /// <summary>How a list is wanted.</summary>
    public ListFormat Format(ParseResult parse) =>
        parse.GetValue(Json) ? ListFormat.Json : Enum.TryParse<ListFormat>(parse.GetValue(_output), ignoreCase: true, out var format) ? format : ListFormat.Table;

    /// <summary>A full time as this command line wants it; a dash for none.</summary>
    public string FullTime(ParseResult parse, DateTimeOffset? at) => at is { } time ? Times.Full(time, parse.GetValue(_utc)) : "-";

    /// <summary>Prints lists as this command line wants them.</summary>
    public ListPrinter Printer(ParseResult parse) =>
        new(Format(parse), parse.GetValue(_utc), TimeProvider.System.GetUtcNow(), Console.IsOutputRedirected ? null : Terminal.Size.Width);

    /// <summary>Prints a list as the command line wants it.</summary>
    /// <param name="parse">The command line of a <see cref="List"/>.</param>
    /// <param name="answer">The answer, which is printed as JSON.</param>
    /// <param name="type">Its JSON.</param>
    /// <param name="rows">The rows of the list.</param>
    /// <param name="columns">The columns of the list.</param>
    public void PrintList<TAnswer, T>(ParseResult parse, TAnswer answer, JsonTypeInfo<TAnswer> type, IReadOnlyList<T> rows, IReadOnlyList<Column<T>> columns)
    {
        if (Format(parse) == ListFormat.Json)
            Console.Out.WriteLine(JsonSerializer.Serialize(answer, type));
        else
            Printer(parse).Print(rows, columns);
    }

    /// <summary>Prints an answer: as JSON, or by <paramref name="text"/>.</summary>
    public void Print<T>(ParseResult parse, T answer, JsonTypeInfo<T> type, Action<T> text)
    {
        if (parse.GetValue(Json))
            Console.Out.WriteLine(JsonSerializer.Serialize(answer, type));
        else
            text(answer);
    }
}
