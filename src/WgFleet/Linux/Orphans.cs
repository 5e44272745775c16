namespace WgFleet.Linux;

/// <summary>
/// Reaps processes whose parent has ended, for a server that is process 1 of a container: the kernel makes them its children. For one caller at a time.
/// </summary>
internal sealed class Orphans
{
    /// <summary>Time between two checks. Programs that we wait for ourselves are reaped within seconds.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private HashSet<(int Id, long StartedAt)> _seen = [];

    /// <summary>Reaps all children that had ended at the last check and are still not reaped; returns how many.</summary>
    public int Reap()
    {
        var self = Environment.ProcessId;
        var ended = RunningProcess.All().Where(p => p.Parent == self && p.State == 'Z').Select(p => (p.Id, p.StartedAt)).ToHashSet();
        var reaped = ended.Where(_seen.Contains).Count(process => Interop.Reap(process.Id) is not null);
        _seen = ended;
        return reaped;
    }
}
