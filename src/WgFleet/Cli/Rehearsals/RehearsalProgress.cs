namespace WgFleet.Cli.Rehearsals;

/// <summary>Shows on a terminal how far a rehearsal is, in a line of the errors that is overwritten.</summary>
internal sealed class RehearsalProgress(bool isTerminal) : IDisposable
{
    private string _shown = "";

    public void Show(string line)
    {
        if (!isTerminal || line == _shown)
            return;

        _shown = line;
        Console.Error.Write($"\r{line}\e[K");
    }

    /// <summary>Clears the line.</summary>
    public void Dispose()
    {
        if (_shown.Length > 0)
            Console.Error.Write("\r\e[K");

        _shown = "";
    }
}
