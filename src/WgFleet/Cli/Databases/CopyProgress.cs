using System.Diagnostics;
using System.Globalization;
using WgFleet.Hosting;
using WgFleet.Store.Copying;

namespace WgFleet.Cli.Databases;

/// <summary>Shows on stderr how far a copy is: on a terminal in a line that is overwritten, elsewhere, such as in a log, in a line every ten seconds.</summary>
internal sealed class CopyProgress(bool isTerminal) : IDisposable
{
    private readonly TimeSpan _pause = isTerminal ? TimeSpan.FromMilliseconds(250) : TimeSpan.FromSeconds(10);
    private long _last = Stopwatch.GetTimestamp();
    private bool _isShown;

    public void Show(CopiedTable table, long copied, long all)
    {
        if (Stopwatch.GetElapsedTime(_last) < _pause)
            return;

        _last = Stopwatch.GetTimestamp();
        var line = string.Create(CultureInfo.InvariantCulture, $"{table.Name}: {copied:N0} of {Quantity.Of(all, "row")} ({100 * copied / Math.Max(all, 1)} %)");
        Console.Error.Write(isTerminal ? $"\r{line}\e[K" : $"{line}\n");
        _isShown = true;
    }

    /// <summary>Clears the line.</summary>
    public void Dispose()
    {
        if (isTerminal && _isShown)
            Console.Error.Write("\r\e[K");
    }
}
