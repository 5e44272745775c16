using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace WgFleet.Metrics;

/// <summary>All series of one instrument.</summary>
internal sealed class Family
{
    public const string Counter = "counter";
    public const string Gauge = "gauge";
    public const string Histogram = "histogram";

    private readonly ConcurrentDictionary<Labels, Series> _series = new();
    private readonly Action<Series, double> _record;

    public Family(Instrument instrument)
    {
        Name = instrument.Name;
        Help = instrument.Description ?? "";
        (Type, _record) = instrument switch
        {
            Counter<long> => (Counter, (Action<Series, double>)((series, value) => series.Add(value))),
            Histogram<double> => (Histogram, (series, value) => series.Observe(value)),
            _ => (Gauge, (series, value) => series.Set(value)),
        };
        Bounds = instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } ? [.. bounds] : [];
    }

    public string Name { get; }

    public string Help { get; }

    public string Type { get; }

    public double[] Bounds { get; }

    /// <summary>The names of the labels; empty until something was recorded.</summary>
    public IReadOnlyList<string> LabelNames { get; private set; } = [];

    /// <summary>The series in the order of their labels, so that two reads are alike.</summary>
    public IEnumerable<KeyValuePair<Labels, Series>> Series => _series
        .OrderBy(s => s.Key[0], StringComparer.Ordinal).ThenBy(s => s.Key[1], StringComparer.Ordinal).ThenBy(s => s.Key[2], StringComparer.Ordinal);

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels.Of(tags);
        if (!_series.TryGetValue(labels, out var series))
            series = Begin(labels, tags);

        _record(series, value);
    }

    /// <summary>Deletes all series before a gauge is read again.</summary>
    public void Clear() => _series.Clear();

    private Series Begin(Labels labels, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length > Labels.Most)
            throw new InvalidOperationException($"{Name} has more than {Labels.Most} labels");

        var names = new string[tags.Length];
        for (var i = 0; i < names.Length; i++)
            names[i] = tags[i].Key;

        LabelNames = names;
        return _series.GetOrAdd(labels, new Series(Bounds));
    }
}
