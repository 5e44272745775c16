using System.Net;
using WgFleet.Access;

namespace WgFleet.Http.Listening;

/// <summary>
/// Limits how many TCP connections are open, in all and per source, so that idle connections never take the file descriptors that
/// the database, hooks, WireGuard and the admin socket need. Trusted proxies, which forward many clients, have no limit per source. An eighth of
/// all connections is for proxies and the first of each source, so that many sources together cannot keep out one that has none.
/// </summary>
internal sealed class ConnectionLimits(int max, int maxPerSource)
{
    /// <summary>Descriptors that connections never take.</summary>
    private const int Reserve = 256;
    private const int Most = 16_384;

    /// <summary>The connections of one source that may take a place of the last eighth: one that works, and one that has just been opened.</summary>
    private const int First = 2;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _sources = [];
    private int _open;

    /// <summary>The proxies that have no limit per source; a reload may change them.</summary>
    public TrustedProxies Proxies { get; set; } = new([]);

    /// <summary>The most connections in all.</summary>
    public int Max => max;

    /// <summary>The most connections of one source.</summary>
    public int MaxPerSource => maxPerSource;

    /// <summary>How many are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>The limits for a process that may open so many files; a quarter of them for one source.</summary>
    public static ConnectionLimits For(long files)
    {
        var max = (int)Math.Clamp(files - Math.Max(Reserve, files / 4), 64, Most);
        return new(max, max / 4);
    }

    /// <summary>The limits for this process, by its limit of open files (getrlimit(2), as /proc/self/limits shows it).</summary>
    public static ConnectionLimits ForThisProcess()
    {
        var line = File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        return For(line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, var soft, ..] && long.TryParse(soft, out var files) ? files : Most + Reserve);
    }

    /// <summary>Counts a connection; false if there is no place for it. Whoever gets true calls <see cref="Leave"/> once.</summary>
    public bool TryEnter(IPAddress? source)
    {
        lock (_gate)
        {
            var count = source is null ? 0 : _sources.GetValueOrDefault(source);
            var isProxy = source is not null && (IPAddress.IsLoopback(source) || Proxies.Trusts(source));
            if ((count >= maxPerSource && !isProxy) || _open >= (isProxy || count < First ? max : max - (max / 8)))
                return false;

            if (source is not null)
                _sources[source] = count + 1;

            _open++;
            return true;
        }
    }

    public void Leave(IPAddress? source)
    {
        lock (_gate)
        {
            _open--;
            if (source is null)
                return;

            if (_sources[source] == 1)
                _sources.Remove(source);
            else
                _sources[source]--;
        }
    }
}
