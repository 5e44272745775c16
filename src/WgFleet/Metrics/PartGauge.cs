using System.Diagnostics.Metrics;
using WgFleet.Hosting;

namespace WgFleet.Metrics;

/// <summary>Which parts of the server fail, as a metric.</summary>
internal sealed class PartGauge : IDisposable
{
    private readonly Meter _meter = new(FleetMeter.Name, ProductInfo.Version);

    public PartGauge(Supervisor supervisor) => _meter.CreateObservableGauge(
        "wgfleet_part_failing",
        () => supervisor.Parts.Select(p => new Measurement<long>(p.IsFailing ? 1 : 0, new KeyValuePair<string, object?>("part", p.Name))),
        null,
        "1 while a part of the server fails and is started again and again; /readyz says why.");

    public void Dispose() => _meter.Dispose();
}
