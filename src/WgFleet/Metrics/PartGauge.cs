using System.Diagnostics.Metrics;
using WgFleet.Hosting;

namespace WgFleet.Metrics;

/// <summary>Which parts of the server fail, as a metric.</summary>
internal sealed class PartGauge : IDisposable
{
    private readonly Gauges _gauges = new();

    public PartGauge(Supervisor supervisor) => _gauges.Add(
        "wgfleet_part_failing",
        "1 while a part of the server fails and is restarted; /readyz says why.",
        () => supervisor.Parts.Select(p => new Measurement<long>(p.IsFailing ? 1 : 0, new KeyValuePair<string, object?>("part", p.Name))));

    public void Dispose() => _gauges.Dispose();
}
