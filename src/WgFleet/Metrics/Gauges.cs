using System.Diagnostics.Metrics;
using WgFleet.Hosting;

namespace WgFleet.Metrics;

/// <summary>
/// Gauges that read the state of the server whenever somebody reads the metrics. Whoever reads metrics in this process may do so at any
/// time, so nothing is read once <see cref="Dispose"/> has returned: what the gauges read may be disposed of then. Safe for concurrent use.
/// </summary>
internal sealed class Gauges : IDisposable
{
    private readonly Meter _meter = new(FleetMeter.Name, ProductInfo.Version);
    private readonly Lock _gate = new();
    private bool _disposed;

    /// <summary>Adds a gauge.</summary>
    /// <param name="name">The metric.</param>
    /// <param name="help">What it says, for the reader of the metrics.</param>
    /// <param name="read">Its series as of now; one call at a time.</param>
    public void Add<T>(string name, string help, Func<IEnumerable<Measurement<T>>> read)
        where T : struct =>
        _meter.CreateObservableGauge(name, () => Read(read), null, help);

    /// <summary>Takes the gauges away, and waits for the reading that is under way.</summary>
    public void Dispose()
    {
        lock (_gate)
            _disposed = true;

        _meter.Dispose();
    }

    // Whole within the lock: a reader would enumerate it after this call.
    private Measurement<T>[] Read<T>(Func<IEnumerable<Measurement<T>>> read)
        where T : struct
    {
        lock (_gate)
            return _disposed ? [] : [.. read()];
    }
}
