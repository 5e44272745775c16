using System.Diagnostics;

namespace WgFleet.Benchmarks.Gateways;

/// <summary>Watches the hosts file as a DNS server on the gateway does: counts how often it is replaced (inotify), and reads it.</summary>
internal sealed class HostsWatch : IDisposable
{
    private readonly FileSystemWatcher _watcher = new(Path.GetDirectoryName(Gateway.HostsFile)!);
    private int _writes;
    private long _last = Stopwatch.GetTimestamp();

    public HostsWatch()
    {
        _watcher.NotifyFilter = NotifyFilters.FileName;
        _watcher.Renamed += (_, renamed) => Note(renamed.FullPath);
        _watcher.EnableRaisingEvents = true;
    }

    /// <summary>How often it was replaced.</summary>
    public int Writes => Volatile.Read(ref _writes);

    /// <summary>What it says now: names without domain, by address.</summary>
    public static Dictionary<string, string> Read() => File.ReadLines(Gateway.HostsFile)
        .Where(line => line.Length > 0)
        .Select(line => line.Split(' '))
        .ToDictionary(parts => parts[0], parts => parts[1].Split('.')[0]);

    /// <summary>Waits until it is as it should be; returns the time since <paramref name="start"/>.</summary>
    /// <exception cref="TimeoutException">It never was.</exception>
    public static async Task<TimeSpan> IsAsync(Func<Dictionary<string, string>, bool> right, long start, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (!right(Read()))
        {
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(60))
                throw new TimeoutException($"after 60 s {Gateway.HostsFile} is still not as it should be");

            await Task.Delay(5, cancellationToken);
        }

        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Waits until it has not been replaced for a second.</summary>
    public async Task QuietAsync(CancellationToken cancellationToken)
    {
        var quiet = TimeSpan.FromSeconds(1);
        while (Stopwatch.GetElapsedTime(Volatile.Read(ref _last)) < quiet)
            await Task.Delay(50, cancellationToken);
    }

    public void Dispose() => _watcher.Dispose();

    private void Note(string path)
    {
        if (path != Gateway.HostsFile)
            return;

        Interlocked.Increment(ref _writes);
        Volatile.Write(ref _last, Stopwatch.GetTimestamp());
    }
}
