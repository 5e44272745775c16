using System.Diagnostics.Metrics;
using WgFleet.Metrics;

namespace WgFleet.Registry;

/// <summary>How many clients each fleet has, and how many of them a held sweep would remove, as metrics.</summary>
internal sealed class ClientGauge : IDisposable
{
    private readonly Meter _meter = new(FleetMeter.Name, ProductInfo.Version);

    public ClientGauge(Func<Snapshot> current)
    {
        Gauge("wgfleet_clients", "Clients that are registered.", f => f.Count);
        Gauge("wgfleet_prune_held_clients", "Clients whose removal waits for an operator's word; 0 while no sweep is held.", f => f.Held?.Ids.Length ?? 0);

        void Gauge(string name, string help, Func<FleetSnapshot, long> read) => _meter.CreateObservableGauge(
            name,
            () => current().Fleets.Select(f => new Measurement<long>(read(f), new KeyValuePair<string, object?>("fleet", f.Config.Name))),
            null,
            help);
    }

    public void Dispose() => _meter.Dispose();
}
