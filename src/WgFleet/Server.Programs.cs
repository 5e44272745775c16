using WgFleet.Hosting;
using WgFleet.Linux;

namespace WgFleet;

/// <content>Processes other than the server: those that a crash has left, and those that nobody else waits for.</content>
internal sealed partial class Server
{
    private static Part ReapOrphans(Supervisor supervisor)
    {
        var orphans = new Orphans();
        return supervisor.Every("orphans", Orphans.Interval, _ => Task.Run(orphans.Reap));
    }

    /// <summary>Ends the programs of hooks that a server before was killed with, so that none runs beside the one that is started for the same event.</summary>
    /// <exception cref="StartupException">It is not known which they are.</exception>
    private static void EndLeftOver(ProgramRuns runs, ILogger log)
    {
        try
        {
            if (runs.EndLeftOver() is { Count: > 0 } ended)
                Log.EndedLeftOver(log, ended.Count, string.Join(", ", ended));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"cannot find the programs of hooks that the last server has left: {e.Message}", e);
        }
    }
}
