using System.Text.Json;

namespace WgFleet.Hooks;

/// <summary>
/// Turns a hook into a program: <c>await HookProgram.RunAsync(new MyHook());</c>. wg-fleet keeps the program running (<c>stream</c> in hooks.list) and gives it
/// events, or the state if the hook is an <see cref="IProjection"/>. The same class can be built into the server.
/// </summary>
public static class HookProgram
{
    /// <summary>
    /// Runs the hook until the server closes standard input. The hook gets one event after the other; an exception is the answer to its event. What it writes to the
    /// console goes to standard error, which is the log, because standard output is for the protocol.
    /// </summary>
    /// <param name="hook">The hook: an <see cref="IHook{TEvent}"/> for one or more types of event, or an <see cref="IProjection"/>.</param>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static Task RunAsync(object hook)
    {
        var output = Console.OpenStandardOutput();
        Console.SetOut(Console.Error);
        return RunAsync(hook, Console.OpenStandardInput(), output);
    }

    /// <summary>The same on given streams.</summary>
    internal static async Task RunAsync(object hook, Stream input, Stream output)
    {
        if (hook is not IProjection && !EventCall.IsHandler(hook))
            throw new ArgumentException($"{hook.GetType().Name} implements neither IHook<TEvent> nor IProjection", nameof(hook));

        var session = new ProgramSession(hook);
        using var lines = new StreamReader(input);
        while (await lines.ReadLineAsync() is { } line)
        {
            // A line that is not JSON is an error of the server, and ends the program.
            using var json = JsonDocument.Parse(line);
            await output.WriteAsync(await session.AnswerAsync(json.RootElement));
            await output.FlushAsync();
        }
    }
}
