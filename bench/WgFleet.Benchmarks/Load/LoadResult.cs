namespace WgFleet.Benchmarks.Load;

/// <summary>How long the answers took, and how many were wrong.</summary>
internal sealed class Waits
{
    private readonly List<TimeSpan> _waits = [];

    public int Failed { get; private set; }

    public IReadOnlyList<TimeSpan> All => _waits;

    public void Add(TimeSpan wait, bool succeeded)
    {
        _waits.Add(wait);
        if (!succeeded)
            Failed++;
    }
}

/// <summary>The result of a load: the number of requests, the time they took, and how long each waited.</summary>
internal sealed class LoadResult
{
    private readonly TimeSpan[] _sorted;

    private LoadResult(TimeSpan elapsed, TimeSpan[] sorted, int failed)
    {
        Elapsed = elapsed;
        Failed = failed;
        _sorted = sorted;
    }

    public TimeSpan Elapsed { get; }

    /// <summary>Answers other than 200.</summary>
    public int Failed { get; }

    public int Count => _sorted.Length;

    public double PerSecond => Count / Elapsed.TotalSeconds;

    public TimeSpan Longest => Percentile(100);

    public static LoadResult Of(TimeSpan elapsed, params IReadOnlyCollection<Waits> waits) =>
        new(elapsed, [.. waits.SelectMany(w => w.All).Order()], waits.Sum(w => w.Failed));

    /// <summary>Combines several loads that ran at the same time.</summary>
    public static LoadResult Of(IEnumerable<LoadResult> loads)
    {
        var all = loads.ToList();
        return new(all.Max(l => l.Elapsed), [.. all.SelectMany(l => l._sorted).Order()], all.Sum(l => l.Failed));
    }

    /// <summary>The wait that this percentage of the requests did not exceed; zero if there were no requests.</summary>
    public TimeSpan Percentile(int percent) =>
        Count == 0 ? TimeSpan.Zero : _sorted[Math.Max(0, (int)Math.Ceiling(Count * percent / 100.0) - 1)];
}
