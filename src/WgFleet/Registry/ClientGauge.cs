using System.Diagnostics.Metrics;
using WgFleet.Metrics;

namespace WgFleet.Registry;

/// <summary>How many clients each fleet has, as a metric.</summary>
internal sealed class ClientGauge : IDisposable
{
    private readonly Meter _meter = new(FleetMeter.Name, ProductInfo.Version);

    public ClientGauge(Func<Snapshot> current) => _meter.CreateObservableGauge(
        "wgfleet_clients",
        () => current().Fleets.Select(f => new Measurement<long>(f.Count, new KeyValuePair<string, object?>("fleet", f.Config.Name))),
        null,
        "Clients that are registered.");

    public void Dispose() => _meter.Dispose();
}
