using System.CommandLine;
using WgFleet.Cli.Output;
using WgFleet.Cli.Remote;
using WgFleet.Hooks.Admin;
using WgFleet.Http.Api;

namespace WgFleet.Cli.HookCommands;

/// <summary><c>wg-fleet hooks test</c>.</summary>
internal static class HookTestCommand
{
    public static Command Create(ServerCommand op)
    {
        var type = HookArguments.EventType("--event", "The event's type (default: client.added if the hook gets it)");
        var fleet = new Option<string?>("--fleet") { Description = "The event's fleet (default: the first one that the hook follows)", HelpName = "FLEET" };
        var hostname = new Option<string?>("--hostname") { Description = "The machine's name (default: test)", HelpName = "NAME" };
        return op.Command("test", "Sends a made-up event to a hook and shows the request and the answer", [HookArguments.Name, type, fleet, hostname],
            async (client, parse, cancellationToken) =>
        {
            var said = new[] { ("type", parse.GetValue(type)), ("fleet", parse.GetValue(fleet)), ("hostname", parse.GetValue(hostname)) };
            var query = string.Join('&', said.Where(s => s.Item2 is not null).Select(s => $"{s.Item1}={Uri.EscapeDataString(s.Item2!)}"));
            var answer = await client.PostAsync($"{HookArguments.Path(parse, "test")}?{query}", AdminJson.Default.HookTestInfo, cancellationToken);
            op.Print(parse, answer, AdminJson.Default.HookTestInfo, Print);
            return answer.Delivered ? ExitCode.Ok : ExitCode.Failure;
        });
    }

    private static void Print(HookTestInfo test)
    {
        foreach (var line in test.Given)
            Console.Out.WriteLine($"> {Table.Plain(line)}");

        if (test.Body.Length > 0)
            Console.Out.WriteLine($"> {Table.PlainLines(test.Body.TrimEnd('\n')).Replace("\n", "\n> ", StringComparison.Ordinal)}");

        if (test.Response is { Length: > 0 } response)
            Console.Out.WriteLine($"< {Table.PlainLines(response.TrimEnd('\n')).Replace("\n", "\n< ", StringComparison.Ordinal)}");

        var code = test.Code is null ? "" : $", {test.Code}";
        var error = test.Error is null ? "" : $": {test.Error}";
        Console.Out.WriteLine(Table.Plain($"{(test.Delivered ? "delivered" : "not delivered")}{code}, {test.TookSeconds * 1000:F0} ms{error}"));
    }
}
