using System.CommandLine;
using System.Text.Json;
using WgFleet.Cli.Arguments;
using WgFleet.Cli.Output;
using WgFleet.Config;
using WgFleet.Http.Api;

namespace WgFleet.Cli.HookCommands;

/// <summary><c>wg-fleet hooks new</c>: writes a hook to start from.</summary>
internal static class NewCommand
{
    private const string Node = "node";
    private const string CSharp = "csharp";

    private static readonly Argument<string?> Name = Value.Argument<string?>("NAME", "The hook's name, of a-z, 0-9, _ and -", (string text, out string? name) =>
    {
        name = text;
        return text.Length <= 60 && HookName.IsValid(text) ? null : "is not a hook's name; use up to 60 of a-z, 0-9, _ and -";
    });

    private static readonly Option<string?> Kind = Value.Option("--kind", "A program that is started for each event, or one that stays running", ExecConfig.Name, StreamConfig.Name);
    private static readonly Option<string?> Language = Value.Option("--language", "What the program is written in", "sh", "python", Node, CSharp);
    private static readonly Option<string> Directory = new("--directory") { Description = "The directory to write to (default: the current one)",
        HelpName = "DIR", DefaultValueFactory = _ => "." };
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON" };

    public static Command Create()
    {
        var command = new CheckedCommand("new", "Writes a working hook to start from and prints how to try it; overwrites nothing", parse =>
            parse.GetValue(Language) is (Node or CSharp) and var language && parse.GetValue(Kind) != StreamConfig.Name ? $"--language {language} is for --kind {StreamConfig.Name}" : null)
        {
            Name, Kind, Language, Directory, Json,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parse)
    {
        var name = parse.GetValue(Name)!;
        try
        {
            var folder = Path.GetFullPath(parse.GetValue(Directory)!);
            if (!System.IO.Directory.Exists(folder))
                throw new IOException($"directory {folder} does not exist; create it, or omit --directory");

            var made = (parse.GetValue(Kind), parse.GetValue(Language) ?? "sh") switch
            {
                (StreamConfig.Name, CSharp) => NewHook.CSharp(name, folder),
                (StreamConfig.Name, var language) => NewHook.Stream(name, folder, language),
                (_, var language) => NewHook.Program(name, folder, language),
            };
            if (parse.GetValue(Json))
                Console.Out.WriteLine(JsonSerializer.Serialize(made, AdminJson.Default.NewHookResponse));
            else
                Print(made);

            return ExitCode.Ok;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"wg-fleet: {Table.Plain(e.Message)}");
            return ExitCode.Failure;
        }
    }

    private static void Print(NewHookResponse made)
    {
        foreach (var file in made.Files)
            Console.Out.WriteLine($"wrote {file}");

        Console.Out.WriteLine("\nIt works as it is. To try it:\n");
        if (made.Entry.Count > 0)
        {
            Console.Out.WriteLine("    # Add these lines to the configuration (/etc/wg-fleet/wg-fleet.yaml). If it has a hooks.list, add only the last line there.");
            foreach (var line in made.Entry)
                Console.Out.WriteLine($"    #   {line}");
        }

        foreach (var command in made.Next)
            Console.Out.WriteLine($"    {command}");
    }
}
