using System.Diagnostics.Metrics;
using WgFleet.Fleets.State;
using WgFleet.Metrics;

namespace WgFleet.Fleets;

/// <summary>Metrics of each fleet: its state, its clients, a held prune, a freeze.</summary>
internal sealed class ClientGauge : IDisposable
{
    private readonly Gauges _gauges = new();

    public ClientGauge(Func<Snapshot> current, FleetHealth health, TimeProvider time)
    {
        _gauges.Add("wgfleet_fleet_state", "1 for the state that the fleet is in: up, degraded or down.", States);
        Gauge("wgfleet_clients", "Clients that are registered.", f => f.Count);
        Gauge("wgfleet_clients_online", "Clients that are online.", f => f.CountOnline(time.GetUtcNow()));
        Gauge("wgfleet_prune_held_clients", "Clients that a held prune would remove; 0 while none is held.", f => f.Held?.Ids.Length ?? 0);
        Gauge("wgfleet_fleet_frozen", "1 while the fleet is frozen.", f => f.Frozen is null ? 0 : 1);

        void Gauge(string name, string help, Func<FleetSnapshot, long> read) => _gauges.Add(
            name,
            help,
            () => current().Fleets.Select(f => new Measurement<long>(read(f), new KeyValuePair<string, object?>("fleet", f.Config.Name))));

        // One series per state, so that an alert can name any of them.
        IEnumerable<Measurement<long>> States() =>
            from fleet in current().Fleets
            let now = health.Of(fleet.Config.Name).Word
            from state in FleetStatus.Words
            select new Measurement<long>(state == now ? 1 : 0, new("fleet", fleet.Config.Name), new("state", state));
    }

    public void Dispose() => _gauges.Dispose();
}
