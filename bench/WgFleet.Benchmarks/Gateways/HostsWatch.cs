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

    /// <summary>How often the file was replaced.</summary>
    public int Writes => Volatile.Read(ref _writes);

    /// <summary>The present content: names without the domain, by address.</summary>
    public static Dictionary<string, string> Read() => File.ReadLines(Gateway.HostsFile)
        .Where(line => line.Length > 0)
        .Select(line => line.Split(' '))
        .ToDictionary(parts => parts[0], parts => parts[1].Split('.')[0]);

    /// <summary>Waits until the file is as expected; returns the time since <paramref name="start"/>.</summary>
    /// <exception cref="TimeoutException">The file was not as expected within 60 s.</exception>
    public static async Task<TimeSpan> IsAsync(Func<Dictionary<string, string>, bool> right, long start, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (!right(Read()))
        {
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(60))
                throw new TimeoutException($"{Gateway.HostsFile} was not as expected within 60 s");

            await Task.Delay(5, cancellationToken);
        }

        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Waits until the file has not been replaced for one second.</summary>
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
