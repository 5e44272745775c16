using WgFleet.Cli.Output;
using WgFleet.Http.Api;

namespace WgFleet.Cli.Ssh;

/// <summary>Shows how a run over many machines goes: each line of output behind the machine's name, and on a terminal how many machines are done.</summary>
/// <param name="total">How many machines there are.</param>
/// <param name="showsLines">Whether the lines are shown; not with JSON.</param>
/// <param name="showsProgress">Whether the errors go to a terminal.</param>
internal sealed class RunReport(int total, bool showsLines, bool showsProgress)
{
    private const string ClearLine = "\r\e[K";

    private readonly Lock _gate = new();
    private int _done;
    private int _failed;

    /// <summary>Prints a line of a machine's output.</summary>
    public void Line(ClientInfo client, string text, bool isError)
    {
        if (!showsLines)
            return;

        lock (_gate)
        {
            Erase();
            (isError ? Console.Error : Console.Out).WriteLine(Table.Plain($"{client.Hostname ?? client.Address}: {text}"));
            Draw();
        }
    }

    /// <summary>Counts a machine that is done.</summary>
    public void Done(RunResult result)
    {
        lock (_gate)
        {
            (_done, _failed) = (_done + 1, result.Ok ? _failed : _failed + 1);
            Erase();
            Draw();
        }
    }

    /// <summary>Prints what failed, to the errors: the output holds what the machines said.</summary>
    public void End(IReadOnlyList<RunResult> results)
    {
        Erase();
        List<RunResult> failed = [.. results.Where(r => !r.Ok)];
        if (failed.Count > 0 && showsLines)
            Console.Error.Write(Table.Text([["NAME", "FLEET", "FAILED", "LAST ERROR"], .. failed.Select(r => new[] { r.Name, r.Fleet, r.Failure!, r.LastError })]));

        if (showsLines)
            Console.Error.WriteLine($"wg-fleet: {results.Count - failed.Count} of {results.Count} machines done, {failed.Count} failed");
    }

    /// <summary>Says how far it was when it was interrupted.</summary>
    public void Interrupted()
    {
        Erase();
        Console.Error.WriteLine($"wg-fleet: interrupted; {_done} of {total} machines done, {_failed} failed");
    }

    private void Erase()
    {
        if (showsProgress)
            Console.Error.Write(ClearLine);
    }

    private void Draw()
    {
        if (showsProgress && _done < total)
            Console.Error.Write($"{_done} of {total} machines done, {_failed} failed");
    }
}
