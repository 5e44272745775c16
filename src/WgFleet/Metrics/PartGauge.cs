using System.Diagnostics.Metrics;
using WgFleet.Hosting;

namespace WgFleet.Metrics;

/// <summary>The build of the server, and which of its parts fail, as metrics.</summary>
internal sealed class PartGauge : IDisposable
{
    private readonly Gauges _gauges = new();

    public PartGauge(Supervisor supervisor)
    {
        _gauges.Add<long>(
            "wgfleet_build_info",
            "Always 1; the label is the version of the server.",
            () => [new(1, new KeyValuePair<string, object?>("version", ProductInfo.Version))]);
        _gauges.Add(
            "wgfleet_part_failing",
            "1 while a part of the server fails and is restarted; /readyz says why.",
            () => supervisor.Parts.Select(p => new Measurement<long>(p.IsFailing ? 1 : 0, new KeyValuePair<string, object?>("part", p.Name))));
    }

    public void Dispose() => _gauges.Dispose();
}
