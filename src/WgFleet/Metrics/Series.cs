namespace WgFleet.Metrics;

/// <summary>The running total of one metric with one set of labels. Safe for concurrent use.</summary>
/// <param name="bounds">The upper bounds of a histogram's buckets, ascending; empty for a counter or a gauge.</param>
internal sealed class Series(double[] bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _buckets = new long[bounds.Length];
    private double _value;
    private long _count;

    /// <summary>Adds to a counter.</summary>
    public void Add(double value)
    {
        lock (_gate)
            _value += value;
    }

    /// <summary>Sets a gauge.</summary>
    public void Set(double value)
    {
        lock (_gate)
            _value = value;
    }

    /// <summary>Counts a value into a histogram.</summary>
    public void Observe(double value)
    {
        var bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket])
            bucket++;

        lock (_gate)
        {
            if (bucket < bounds.Length)
                _buckets[bucket]++;

            _value += value;
            _count++;
        }
    }

    /// <summary>The value, or the sum of a histogram; how many values; and how many up to each bound.</summary>
    public (double Value, long Count, long[] UpTo) Read()
    {
        lock (_gate)
        {
            var upTo = new long[_buckets.Length];
            long total = 0;
            for (var i = 0; i < upTo.Length; i++)
                upTo[i] = total += _buckets[i];

            return (_value, _count, upTo);
        }
    }
}
