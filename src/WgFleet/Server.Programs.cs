using WgFleet.Hooks.Projections;
using WgFleet.Hosting;
using WgFleet.Linux;
using WgFleet.Store;

namespace WgFleet;

/// <content>What a start finds on the machine: files that are not ours, processes that a crash has left, and those that nobody else waits for.</content>
internal sealed partial class Server
{
    /// <summary>Refuses a configuration whose files are there and not ours, and notes those that are.</summary>
    /// <exception cref="StartupException">Hooks would overwrite a file that wg-fleet has not written, or that was changed since.</exception>
    private void RefuseFilesOfOthers(WrittenFileStore written, WrittenContents contents)
    {
        var ownership = new FileOwnership(ProjectedFile.Of(_config), written.AtStart, contents);
        if (ownership.Problems() is { Count: > 0 } problems)
            throw new StartupException(string.Join('\n', problems));

        contents.Begin();
        written.TakeOver(ownership.Ours(), _time.GetUtcNow().UtcDateTime);
    }

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
                Log.EndedLeftOver(log, Quantity.Of(ended.Count, "process", "processes"), string.Join(", ", ended));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"cannot find the programs of hooks that the last server has left: {e.Message}", e);
        }
    }
}
