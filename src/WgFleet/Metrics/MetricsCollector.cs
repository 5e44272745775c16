using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace WgFleet.Metrics;

/// <summary>Collects the totals of our meters, from its creation until it is disposed.</summary>
internal sealed class MetricsCollector : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, Family> _families = new();
    private readonly MeterListener _listener = new();

    public MetricsCollector()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == FleetMeter.Name)
                listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument.Name, _ => new Family(instrument)));
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => ((Family)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => ((Family)family!).Record(value, tags));
        _listener.Start();

        // The instruments exist once their class is used, and all are to be shown from the first reading on.
        RuntimeHelpers.RunClassConstructor(typeof(FleetMeter).TypeHandle);
    }

    /// <summary>Everything as of now, in the text format of Prometheus.</summary>
    public string Text()
    {
        // One at a time, because reading the gauges writes into the series.
        lock (_gate)
        {
            foreach (var gauge in _families.Values.Where(f => f.Type == Family.Gauge))
                gauge.Clear();

            _listener.RecordObservableInstruments();
            return PrometheusText.Write(_families.Values.OrderBy(f => f.Name, StringComparer.Ordinal));
        }
    }

    public void Dispose() => _listener.Dispose();
}
